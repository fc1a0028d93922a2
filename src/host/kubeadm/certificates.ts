import { quote } from '../../lang/go/quote.js'
import { certificateExpiry, expiryText, PKI_DIR, renewCertificates } from '../../pki/index.js'
import type { CertificateExpiry, Renewal } from '../../pki/index.js'
import type { CommandOutput } from '../commands/command.js'
import { failed, readOptions } from '../commands/command.js'
import type { HostMachine } from '../machine/host-machine.js'

/** `kubeadm certs check-expiration` and `renew`. Source: cmd/kubeadm/app/cmd/certs.go. */
export function certs(args: readonly string[], machine: HostMachine): CommandOutput {
  const {
    words: [verb = '', name],
  } = readOptions(args, ['config', 'cert-dir', 'kubeconfig', 'kubeconfig-dir'])
  if (!machine.isControlPlane)
    return failed(
      'error: this version of kubeadm finds no certificates here: it is no control plane\nTo see the ' +
        'stack trace of this error execute with --v=5 or higher',
    )
  if (verb === 'check-expiration') return { stdout: checkExpiration(machine) }
  if (verb === 'renew') return renew(name, machine)
  return failed(
    `error: unknown command ${quote(verb)} for "kubeadm certs"\nTo see the stack trace of ` +
      'this error execute with --v=5 or higher',
  )
}

function checkExpiration({ cluster }: HostMachine): string {
  return `[check-expiration] Reading configuration from the "kubeadm-config" ConfigMap \
in namespace "kube-system"...
[check-expiration] Use 'kubeadm init phase upload-config kubeadm --config your-config-file' to re-upload it.

${expiryText(certificateExpiry(cluster.pki), cluster.now())}`
}

function renew(name: string | undefined, machine: HostMachine): CommandOutput {
  if (name === undefined) return failed('missing subcommand; "renew" is not meant to be run on its own')
  const { certificates, authorities } = certificateExpiry(machine.cluster.pki)
  if (name !== 'all' && !certificates.some((one) => one.name === name)) {
    return failed(
      `error: unknown command ${quote(name)} for "kubeadm certs renew"\nTo see the stack ` +
        'trace of this error execute with --v=5 or higher',
    )
  }
  const signerOf = (renewed: string): string => {
    const authority = certificates.find((one) => one.name === renewed)?.authority
    return baseName(authorities.find((one) => one.name === authority))
  }
  let stdout = `[renew] Reading configuration from the "kubeadm-config" ConfigMap \
in namespace "kube-system"...
[renew] Use 'kubeadm init phase upload-config kubeadm --config your-config-file' to re-upload it.\n\n`
  for (const { name: renewed, title, result } of renewOn(machine, name)) {
    if (result === 'renewed') stdout += `${title} renewed\n`
    else
      stdout +=
        result === 'missing'
          ? `MISSING! ${title}\n`
          : `Detected external ${signerOf(renewed)}, ${title} can't be renewed\n`
  }
  if (name === 'all')
    stdout +=
      '\nDone renewing certificates. You must restart the kube-apiserver, kube-controller-manager, ' +
      'kube-scheduler and etcd, so that they can use the new certificates.\n'
  return { stdout }
}

/** Formats the authority's name: `etcd/ca`. */
function baseName(authority: CertificateExpiry | undefined): string {
  return authority?.path.slice(PKI_DIR.length + 1, -'.crt'.length) ?? ''
}

function renewOn({ cluster, hosts }: HostMachine, name: string): readonly Renewal[] {
  const renewals = renewCertificates(cluster.pki, name, cluster.now())
  hosts.touched(PKI_DIR)
  return renewals
}

/** Renews one certificate if this version of kubeadm knows it and it exists. Returns whether it did. */
export function renewOne(machine: HostMachine, name: string): boolean {
  const isKnown = certificateExpiry(machine.cluster.pki).certificates.some((one) => one.name === name)
  return isKnown && renewOn(machine, name).some(({ result }) => result === 'renewed')
}

/**
 * Certificates that the upgrade of a component renews. Source: phases/upgrade/staticpods.go
 * renewCertsByComponent.
 */
export const RENEWED_WITH: Readonly<Record<string, readonly string[]>> = {
  etcd: ['etcd-server', 'etcd-peer', 'etcd-healthcheck-client'],
  'kube-apiserver': ['apiserver', 'apiserver-kubelet-client', 'front-proxy-client', 'apiserver-etcd-client'],
  'kube-controller-manager': ['controller-manager.conf'],
  'kube-scheduler': ['scheduler.conf'],
}
