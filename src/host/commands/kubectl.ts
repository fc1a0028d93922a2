import { quote } from '../../lang/go/quote.js'
import { parseYamlText } from '../../lang/yaml/read.js'
import { parseCertificates, verifyChain } from '../../pki/index.js'
import { minorOf } from '../../cluster/kubeadm/images.js'
import type { KubectlOptions } from '../../kubectl/call/environment.js'
import { absolutePath } from '../../shell/files/tree.js'
import type { HostMachine } from '../machine/host-machine.js'
import type { CommandCall, CommandOutput, Options } from './command.js'
import { failed, joined, readOptions } from './command.js'
import { etcdProgram } from '../etcd/etcd-container.js'

const NO_CONFIG =
  'The connection to the server localhost:8080 was refused - did you specify the right host or port?'
/** kubectl commands that work without a cluster. */
const OFFLINE = ['config', 'completion', 'options', 'help']

/** A terminal cannot press Ctrl-C meanwhile: what does not end by itself is interrupted after this, in ms. */
const INTERRUPTED_AFTER = 60_000

/** Runs the machine's kubectl: its kubeconfig decides who sends requests, and `-f` reads its files. */
export const kubectl = (call: CommandCall): CommandOutput => runKubectl(call)

/** What a call of kubectl needs. */
type KubectlCall = Pick<CommandCall, 'machine' | 'args' | 'env' | 'stdin' | 'cwd'>

/** Runs it; `used` is told of the ports that it opens. */
export function runKubectl(
  call: KubectlCall,
  used: Pick<KubectlOptions, 'proxied' | 'forwarded'> = {},
): CommandOutput {
  const { args, machine, env, stdin, cwd } = call
  const options = readOptions(args, [
    'kubeconfig',
    'f',
    'filename',
    'n',
    'namespace',
    'context',
    'cluster',
    'c',
    'container',
    's',
    'server',
    'certificate-authority',
  ])
  const given = options.get('kubeconfig') ?? env.get('KUBECONFIG')
  const config = absolutePath(cwd, given ?? '/root/.kube/config')
  const text = machine.files.text(config)
  const [command = ''] = options.words
  const isOffline =
    OFFLINE.includes(command) ||
    (command === 'version' && options.has('client')) ||
    options.words.length === 0
  if (text === undefined && given === undefined && !isOffline && !options.has('server', 's'))
    return failed(NO_CONFIG)
  const distrust = isOffline || text === undefined ? undefined : serverDistrust(call, text, options)
  if (distrust !== undefined) return failed(distrust)
  const files = filesOf(machine, cwd, args, `${text ?? ''}`)
  if (text !== undefined) {
    files['~/.kube/config'] = text
    if (given !== undefined) files[given] = text
  }
  const result = machine.cluster.kubectl(['kubectl', ...args], {
    stdin,
    isTerminal: stdin === '',
    files,
    interruptAfter: INTERRUPTED_AFTER,
    ...used,
    env: given === undefined ? {} : { KUBECONFIG: given },
  })
  for (const [path, written] of Object.entries(result.files)) {
    const full = path === '~/.kube/config' ? '/root/.kube/config' : absolutePath(cwd, path)
    const folder = full.slice(0, full.lastIndexOf('/'))
    if (folder !== '' && machine.files.stat(folder) === undefined) machine.files.makeDirectory(folder)
    machine.files.write(full, written)
  }
  const { stdout, stderr, terminal, exitCode: code } = result
  return inEtcd(call, options.words, stderr) ?? { stdout, stderr, terminal, code }
}

/**
 * What a program of etcd's own prints in its container, of which the runtime knows no programs: kubectl has
 * found the pod, and the runtime has not found the program.
 */
function inEtcd(call: KubectlCall, words: readonly string[], stderr: string): CommandOutput | undefined {
  const at = call.args.indexOf('--')
  const [verb, pod = ''] = words
  if (verb !== 'exec' || at < 0 || !/executable file not found|: not found/.test(stderr)) return undefined
  const path = (name: string): string => absolutePath('/', name)
  const own = etcdProgram({ ...call, path }, pod.replace(/^pods?\//, ''), call.args.slice(at + 1))
  if (own?.code === undefined || own.code === 0) return own
  return joined([own, failed(`command terminated with exit code ${own.code}`, own.code)])
}

interface Config {
  readonly 'current-context'?: string
  readonly contexts?: readonly { readonly name: string; readonly context?: { readonly cluster?: string } }[]
  readonly clusters?: readonly {
    readonly name: string
    readonly cluster?: Readonly<Record<string, unknown>>
  }[]
}

/**
 * Returns what kubectl prints if the kubeconfig does not trust the running apiserver: it (or
 * `--certificate-authority`) contains no authority, or the certificate has expired or was signed by another
 * authority, as after `kubeadm reset` and `init`. Source: crypto/x509 UnknownAuthorityError.
 */
function serverDistrust(
  { machine: { hosts, cluster, files }, cwd }: KubectlCall,
  text: string,
  options: Options,
): string | undefined {
  const { controlPlane } = hosts
  if (
    controlPlane?.state.components.get('kube-apiserver')?.state !== 'running' ||
    options.has('insecure-skip-tls-verify')
  )
    return undefined
  try {
    const config = parseYamlText(text) as Config | null
    const context = config?.contexts?.find(
      ({ name }) => name === (options.get('context') ?? config['current-context']),
    )
    const named = config?.clusters?.find(
      ({ name }) => name === (options.get('cluster') ?? context?.context?.cluster),
    )?.cluster
    const given = options.get('certificate-authority')
    const own = given === undefined ? undefined : files.text(absolutePath(cwd, given))
    if (given !== undefined && own === undefined) {
      return (
        `error: unable to read certificate-authority ${given} for ` +
        `${options.get('cluster') ?? context?.context?.cluster ?? ''} due to open ${given}: no such file ` +
        'or directory'
      )
    }
    const data = own === undefined ? named?.['certificate-authority-data'] : btoa(own)
    if (typeof data !== 'string' || named?.['insecure-skip-tls-verify'] === true) return undefined
    const roots = rootsIn(data)
    if (roots === undefined)
      return 'error: unable to load root certificates: unable to parse bytes as PEM block'
    const [leaf] = parseCertificates(controlPlane.files.text('/etc/kubernetes/pki/apiserver.crt') ?? '')
    const [root] = roots
    const fault =
      leaf === undefined
        ? undefined
        : verifyChain(leaf, { roots, now: cluster.now(), purpose: 'server auth' })
    if (fault === undefined) return undefined
    const prefix =
      'Unable to connect to the server: ' +
      `${minorOf(hosts.version) >= 27 ? 'tls: failed to verify certificate: ' : ''}`
    if (fault.includes('expired')) return `${prefix}${fault}`
    const candidate =
      root?.subject.commonName === leaf?.issuer.commonName
        ? ' (possibly because of "crypto/rsa: verification error" while trying to verify candidate ' +
          `authority certificate ${quote(root?.subject.commonName ?? '')})`
        : ''
    return `${prefix}x509: certificate signed by unknown authority${candidate}`
  } catch {
    return undefined // kubectl itself reports an invalid kubeconfig
  }
}

/** Decodes certificates from base64 of PEM; undefined if there is none. */
function rootsIn(data: string): ReturnType<typeof parseCertificates> | undefined {
  try {
    return parseCertificates(atob(data))
  } catch {
    return undefined
  }
}

/**
 * Collects the files that the command line or the kubeconfig names, under the names that they have there. Of
 * a directory it takes the files in it.
 */
function filesOf(
  machine: HostMachine,
  cwd: string,
  args: readonly string[],
  config: string,
): Record<string, string> {
  const named = new Set<string>()
  for (const arg of args)
    for (const part of [arg, ...arg.split(/[=,]/)])
      if (part !== '' && !part.startsWith('--')) named.add(part.replace(/^-f/, '') || part)
  for (const [, path = ''] of config.matchAll(
    /(?:certificate-authority|client-certificate|client-key|tokenFile):\s*(\S+)/g,
  ))
    named.add(path)
  const files: Record<string, string> = {}
  const add = (name: string, depth: number): void => {
    const full = absolutePath(cwd, name)
    const entry = machine.files.stat(full)
    if (entry?.kind === 'file') files[name] = machine.files.read(full)
    else if (entry?.kind === 'directory' && depth < 4 && /[./]/.test(name))
      for (const each of machine.files.list(full)) add(`${name.replace(/\/$/, '')}/${each}`, depth + 1)
  }
  for (const name of named) add(name, 0)
  return files
}
