import { parseCertificates, PKI_DIR } from '../../pki/index.js'
import { privateKeyPem } from '../../pki/rsa.js'
import type { CommandOutput } from '../commands/command.js'
import { failed, readOptions } from '../commands/command.js'
import type { HostMachine } from '../machine/host-machine.js'
import { kubeadmTime, table } from '../machine/texts.js'
import { minorOf } from '../control-plane/images.js'

const DAY = 86_400_000
const BACKDATE = 300_000

interface Renewable {
  /** Below {@link PKI_DIR} without `.crt`; undefined: a kubeconfig file in /etc/kubernetes. */
  readonly path?: string
  readonly authority: string
  readonly description: string
}

/** What kubeadm renews, by its name there. Source: cmd/kubeadm/app/phases/certs/renewal/manager.go, certlist.go. */
const RENEWABLE: Readonly<Record<string, Renewable>> = {
  'admin.conf': { authority: 'ca', description: 'certificate embedded in the kubeconfig file for the admin to use and for kubeadm itself' },
  'apiserver': { path: 'apiserver', authority: 'ca', description: 'certificate for serving the Kubernetes API' },
  'apiserver-etcd-client': { path: 'apiserver-etcd-client', authority: 'etcd-ca', description: 'certificate the apiserver uses to access etcd' },
  'apiserver-kubelet-client': { path: 'apiserver-kubelet-client', authority: 'ca', description: 'certificate for the API server to connect to kubelet' },
  'controller-manager.conf': { authority: 'ca', description: 'certificate embedded in the kubeconfig file for the controller manager to use' },
  'etcd-healthcheck-client': { path: 'etcd/healthcheck-client', authority: 'etcd-ca', description: 'certificate for liveness probes to healthcheck etcd' },
  'etcd-peer': { path: 'etcd/peer', authority: 'etcd-ca', description: 'certificate for etcd nodes to communicate with each other' },
  'etcd-server': { path: 'etcd/server', authority: 'etcd-ca', description: 'certificate for serving etcd' },
  'front-proxy-client': { path: 'front-proxy-client', authority: 'front-proxy-ca', description: 'certificate for the front proxy client' },
  'scheduler.conf': { authority: 'ca', description: 'certificate embedded in the kubeconfig file for the scheduler manager to use' },
  'super-admin.conf': { authority: 'ca', description: 'certificate embedded in the kubeconfig file for the super-admin' },
}

/** Path of an authority by its name in kubeadm's tables. */
const AUTHORITY_PATHS: Readonly<Record<string, string>> = { 'ca': 'ca', 'etcd-ca': 'etcd/ca', 'front-proxy-ca': 'front-proxy-ca' }

/** `kubeadm certs check-expiration` and `renew`. Source: cmd/kubeadm/app/cmd/certs.go. */
export function certs(args: readonly string[], machine: HostMachine): CommandOutput {
  const { words: [verb = '', name] } = readOptions(args, ['config', 'cert-dir', 'kubeconfig', 'kubeconfig-dir'])
  if (!machine.isControlPlane) return failed("error: this version of kubeadm finds no certificates here: it is no control plane\nTo see the stack trace of this error execute with --v=5 or higher")
  if (verb === 'check-expiration') return { stdout: checkExpiration(machine) }
  if (verb === 'renew') return renew(name, machine)
  return failed(`error: unknown command ${JSON.stringify(verb)} for "kubeadm certs"\nTo see the stack trace of this error execute with --v=5 or higher`)
}

const isKnown = (name: string, version: string): boolean => name !== 'super-admin.conf' || minorOf(version) >= 29

function certificateOf({ files }: HostMachine, name: string, { path }: Renewable): ReturnType<typeof parseCertificates>[number] | undefined {
  const text = files.text(path === undefined ? `/etc/kubernetes/${name}` : `${PKI_DIR}/${path}.crt`)
  return text === undefined ? undefined : firstIn(path === undefined ? embedded(text) : text)
}

function firstIn(pem: string): ReturnType<typeof parseCertificates>[number] | undefined {
  try {
    return parseCertificates(pem)[0]
  } catch {
    return undefined
  }
}

function embedded(kubeconfig: string): string {
  return atob(/client-certificate-data:\s*(\S+)/.exec(kubeconfig)?.[1] ?? '')
}

function checkExpiration(machine: HostMachine): string {
  const now = machine.cluster.now()
  const leaves = Object.entries(RENEWABLE).filter(([name]) => isKnown(name, machine.hosts.version)).map(([name, entry]) => {
    const found = certificateOf(machine, name, entry)
    return found === undefined ? [`!MISSING! ${name}`, '', '', '', ''] : [name, kubeadmTime(found.notAfter), residual(found.notAfter - now), entry.authority, 'no']
  })
  const authorities = Object.entries(AUTHORITY_PATHS).map(([name, path]) => {
    const text = machine.files.text(`${PKI_DIR}/${path}.crt`)
    const found = text === undefined ? undefined : firstIn(text)
    return found === undefined ? [`!MISSING! ${name}`, '', '', ''] : [name, kubeadmTime(found.notAfter), residual(found.notAfter - now), 'no']
  })
  const rows = (header: readonly string[], body: readonly (readonly string[])[]): string =>
    table([header, ...body.map((row) => [...row.slice(0, -1), (row.at(-1) ?? '').padEnd(row.at(-1) === '' ? 0 : 8)])], { gap: 3 })
  return `[check-expiration] Reading configuration from the "kubeadm-config" ConfigMap in namespace "kube-system"...
[check-expiration] Use 'kubeadm init phase upload-config kubeadm --config your-config-file' to re-upload it.

${rows(['CERTIFICATE', 'EXPIRES', 'RESIDUAL TIME', 'CERTIFICATE AUTHORITY', 'EXTERNALLY MANAGED'], leaves)}
${rows(['CERTIFICATE AUTHORITY', 'EXPIRES', 'RESIDUAL TIME', 'EXTERNALLY MANAGED'], authorities)}`
}

/** Source: k8s.io/apimachinery/pkg/util/duration ShortHumanDuration. */
function residual(ms: number): string {
  const seconds = Math.trunc(ms / 1000)
  if (seconds < -1) return '<invalid>'
  if (seconds < 0) return '0s'
  if (seconds < 60) return `${seconds}s`
  const minutes = Math.trunc(seconds / 60)
  if (minutes < 60) return `${minutes}m`
  const hours = Math.trunc(minutes / 60)
  if (hours < 24) return `${hours}h`
  return hours < 24 * 365 ? `${Math.trunc(hours / 24)}d` : `${Math.trunc(hours / 24 / 365)}y`
}

function renew(name: string | undefined, machine: HostMachine): CommandOutput {
  if (name === undefined) return failed('missing subcommand; "renew" is not meant to be run on its own')
  const known = Object.keys(RENEWABLE).filter((each) => isKnown(each, machine.hosts.version))
  if (name !== 'all' && !known.includes(name)) {
    return failed(`error: unknown command ${JSON.stringify(name)} for "kubeadm certs renew"\nTo see the stack trace of this error execute with --v=5 or higher`)
  }
  let stdout = `[renew] Reading configuration from the "kubeadm-config" ConfigMap in namespace "kube-system"...
[renew] Use 'kubeadm init phase upload-config kubeadm --config your-config-file' to re-upload it.\n\n`
  for (const each of name === 'all' ? known : [name]) {
    const description = RENEWABLE[each]?.description ?? ''
    stdout += renewOne(machine, each) ? `${description} renewed\n` : `MISSING! ${description}\n`
  }
  if (name === 'all') stdout += '\nDone renewing certificates. You must restart the kube-apiserver, kube-controller-manager, kube-scheduler and etcd, so that they can use the new certificates.\n'
  return { stdout }
}

/** Signs the certificate anew, over a new key, with what it says now; answers whether it was there. */
export function renewOne(machine: HostMachine, name: string): boolean {
  const entry = RENEWABLE[name]
  const old = entry === undefined ? undefined : certificateOf(machine, name, entry)
  if (entry === undefined || old === undefined) return false
  const { pki } = machine.cluster
  const now = machine.cluster.now()
  const key = pki.key(`renewed/${name}/${now}`)
  const certificate = pki.sign({
    subject: old.subject, names: old.names, keyUsages: old.keyUsages, purposes: old.purposes, notBefore: now - BACKDATE, notAfter: now + 365 * DAY,
  }, key, AUTHORITY_PATHS[entry.authority] ?? 'ca')
  if (entry.path === undefined) {
    const path = `/etc/kubernetes/${name}`
    machine.files.write(path, replaceCredential(machine.files.text(path) ?? '', certificate, privateKeyPem(key)))
  } else {
    machine.files.write(`${PKI_DIR}/${entry.path}.crt`, certificate)
    machine.files.write(`${PKI_DIR}/${entry.path}.key`, privateKeyPem(key))
  }
  return true
}

function replaceCredential(kubeconfig: string, certificate: string, key: string): string {
  return kubeconfig.replace(/(client-certificate-data:\s*)\S+/, `$1${btoa(certificate)}`).replace(/(client-key-data:\s*)\S+/, `$1${btoa(key)}`)
}

/** Certificates that an upgrade of a component renews. Source: phases/upgrade/staticpods.go renewCertsByComponent. */
export const RENEWED_WITH: Readonly<Record<string, readonly string[]>> = {
  'etcd': ['etcd-server', 'etcd-peer', 'etcd-healthcheck-client'],
  'kube-apiserver': ['apiserver', 'apiserver-kubelet-client', 'front-proxy-client', 'apiserver-etcd-client'],
  'kube-controller-manager': ['controller-manager.conf'], 'kube-scheduler': ['scheduler.conf'],
}

