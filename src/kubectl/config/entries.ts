import { quote } from '../../lang/go/quote.js'
import type { CommandLine } from '../call/call.js'
import { toBase64 } from '../create/config-data.js'
import { KubectlError, usageError } from '../call/errors.js'
import type { JsonMap } from '../../lang/json/maps.js'
import type { ListName } from './file.js'
import { changeEntry, changeFile, fileOf, withFields } from './file.js'

/** `kubectl config set-cluster NAME`. Source: kubectl pkg/cmd/config/set_cluster.go. */
export function setCluster(call: CommandLine): void {
  const { flags, out } = call
  const name = onlyName(call)
  const authority = flags.string('certificate-authority')
  const embeds = flags.bool('embed-certs')
  if (flags.bool('insecure-skip-tls-verify') && authority !== '')
    throw new KubectlError('you cannot specify a certificate authority and insecure mode at the same time')
  if (embeds && authority === '')
    throw new KubectlError('you must specify a --certificate-authority to embed')
  const data = embeds ? toBase64(fileText(call, 'certificate-authority', authority)) : undefined
  changeEntry(call, 'clusters', name, (value) =>
    withFields(value, {
      ...given(call, 'server', 'tls-server-name', 'proxy-url'),
      ...(flags.has('insecure-skip-tls-verify')
        ? { 'insecure-skip-tls-verify': flags.bool('insecure-skip-tls-verify') || undefined }
        : {}),
      ...(flags.bool('insecure-skip-tls-verify')
        ? { 'certificate-authority': '', 'certificate-authority-data': '' }
        : {}),
      ...(authority === ''
        ? {}
        : {
            'insecure-skip-tls-verify': undefined,
            'certificate-authority': embeds ? '' : authority,
            'certificate-authority-data': data,
          }),
    }),
  )
  out.line(`Cluster ${quote(name)} set.`)
}

/** `kubectl config set-context NAME | --current`. Source: kubectl pkg/cmd/config/set_context.go. */
export function setContext(call: CommandLine): void {
  const { flags, args, out, kubeconfig } = call
  const isCurrent = flags.bool('current')
  if (args.length > 1) throw usageError('config set-context', `Unexpected args: [${args.join(' ')}]`)
  if (args.length === 0 && !isCurrent)
    throw new KubectlError('you must specify a non-empty context name or --current')
  if (args.length > 0 && isCurrent)
    throw new KubectlError('you cannot specify both a context name and --current')
  const name = isCurrent ? kubeconfig.content.currentContext : (args[0] as string)
  if (name === '') throw new KubectlError('no current context is set')
  const isThere = changeEntry(call, 'contexts', name, (value) =>
    withFields(value, given(call, 'cluster', 'user', 'namespace')),
  )
  out.line(`Context ${quote(name)} ${isThere ? 'modified' : 'created'}.`)
}

/** `kubectl config set-credentials NAME`. Source: kubectl pkg/cmd/config/set_credentials.go. */
export function setCredentials(call: CommandLine): void {
  const { flags, out } = call
  const name = onlyName(call)
  const hasBasic = flags.has('username') || flags.has('password')
  if (flags.string('token') !== '' && (flags.string('username') !== '' || flags.string('password') !== '')) {
    throw new KubectlError(
      'you cannot specify more than one authentication method at the same time: --token, ' +
        '--username/--password',
    )
  }
  if (
    flags.bool('embed-certs') &&
    flags.string('client-certificate') === '' &&
    flags.string('client-key') === ''
  ) {
    throw new KubectlError('you must specify a --client-certificate or --client-key to embed')
  }
  const certificates = {
    ...certificateFields(call, 'client-certificate'),
    ...certificateFields(call, 'client-key'),
  }
  changeEntry(call, 'users', name, (value) =>
    withFields(value, {
      ...certificates,
      ...given(call, 'token', 'username', 'password'),
      ...(flags.string('token') === '' ? {} : { username: '', password: '', tokenFile: '' }),
      ...(hasBasic && flags.string('token') === '' ? { token: '' } : {}),
      ...execFields(call, value),
      ...providerFields(call, value),
    }),
  )
  out.line(`User ${quote(name)} set.`)
}

function onlyName(call: CommandLine): string {
  const [name, ...more] = call.args
  if (name === undefined || more.length > 0)
    throw new KubectlError(`Unexpected args: [${call.args.join(' ')}]`)
  return name
}

/** Returns the values of those named flags that were given. */
function given({ flags }: CommandLine, ...names: readonly string[]): JsonMap {
  return Object.fromEntries(names.filter((name) => flags.has(name)).map((name) => [name, flags.string(name)]))
}

function certificateFields(call: CommandLine, flag: string): JsonMap {
  const path = call.flags.string(flag)
  if (path === '') return {}
  const text = call.flags.bool('embed-certs') ? fileText(call, flag, path) : undefined
  return text === undefined
    ? { [flag]: path, [`${flag}-data`]: '' }
    : { [flag]: '', [`${flag}-data`]: toBase64(text) }
}

function fileText({ files }: CommandLine, flag: string, path: string): string {
  const text = files.text(path)
  if (text === undefined)
    throw new KubectlError(`could not stat ${flag} file ${path}: stat ${path}: no such file or directory`)
  return text
}

function execFields({ flags }: CommandLine, value: JsonMap | undefined): JsonMap {
  if (
    !['command', 'api-version', 'arg', 'env', 'interactive-mode', 'provide-cluster-info'].some((part) =>
      flags.has(`exec-${part}`),
    )
  )
    return {}
  const known = (value?.['exec'] ?? {}) as JsonMap
  const env = flags
    .strings('exec-env')
    .filter((pair) => pair.includes('='))
    .map((pair) => ({ name: pair.slice(0, pair.indexOf('=')), value: pair.slice(pair.indexOf('=') + 1) }))
  const removed = flags
    .strings('exec-env')
    .filter((pair) => !pair.includes('=') && pair.endsWith('-'))
    .map((pair) => pair.slice(0, -1))
  const before = (Array.isArray(known['env']) ? known['env'] : []) as readonly { readonly name: string }[]
  const kept = before.filter(({ name }) => !removed.includes(name) && !env.some((one) => one.name === name))
  const variables = [...kept, ...env]
  return {
    exec: {
      apiVersion: flags.string('exec-api-version') || known['apiVersion'],
      command: flags.string('exec-command') || known['command'],
      args: flags.has('exec-arg') ? flags.strings('exec-arg') : (known['args'] ?? null),
      env: variables.length === 0 ? null : variables,
      interactiveMode: flags.string('exec-interactive-mode') || (known['interactiveMode'] ?? 'IfAvailable'),
      provideClusterInfo: flags.has('exec-provide-cluster-info')
        ? flags.bool('exec-provide-cluster-info')
        : (known['provideClusterInfo'] ?? false),
    },
  }
}

function providerFields({ flags }: CommandLine, value: JsonMap | undefined): JsonMap {
  if (!flags.has('auth-provider') && !flags.has('auth-provider-arg')) return {}
  const known = (value?.['auth-provider'] ?? {}) as JsonMap
  const config = new Map(Object.entries((known['config'] ?? {}) as Readonly<Record<string, string>>))
  for (const text of flags.strings('auth-provider-arg')) {
    const at = text.indexOf('=')
    if (at > 0) config.set(text.slice(0, at), text.slice(at + 1))
    else if (text.endsWith('-')) config.delete(text.slice(0, -1))
  }
  return {
    'auth-provider': {
      name: flags.string('auth-provider') || known['name'],
      config: config.size === 0 ? null : Object.fromEntries(config),
    },
  }
}

/**
 * `kubectl config delete-cluster NAME`, `delete-context`, `delete-user`. Source: kubectl
 * pkg/cmd/config/delete_*.go.
 */
export function deleteEntry(call: CommandLine, list: ListName, word: string): void {
  const {
    args: [name],
    out,
    kubeconfig,
  } = call
  if (call.args.length === 0 && list === 'users')
    throw usageError('config delete-user', 'user to delete is required')
  if (name === undefined || call.args.length > 1)
    throw new KubectlError(`Unexpected args: [${call.args.join(' ')}]`)
  if (!kubeconfig.content[list].some((one) => one.name === name))
    throw new KubectlError(`cannot delete ${word} ${name}, not in ${kubeconfig.path}`)
  if (list === 'contexts' && kubeconfig.content.currentContext === name) {
    out.errorLine(
      'warning: this removed your active context, use "kubectl config use-context" to select a different one',
    )
  }
  changeEntry(call, list, name, () => undefined)
  out.line(`deleted ${word} ${name} from ${kubeconfig.path}`)
}

/**
 * `kubectl config rename-context OLD NEW`; the current context follows the renaming. Source: kubectl
 * pkg/cmd/config/rename_context.go.
 */
export function renameContext(call: CommandLine): void {
  const {
    args: [from, to],
    out,
    kubeconfig,
  } = call
  if (from === undefined || to === undefined || call.args.length > 2)
    throw new KubectlError(`Unexpected args: [${call.args.join(' ')}]`)
  const { contexts } = kubeconfig.content
  if (!contexts.some(({ name }) => name === from))
    throw new KubectlError(`cannot rename the context ${quote(from)}, it's not in ${kubeconfig.path}`)
  if (contexts.some(({ name }) => name === to)) {
    throw new KubectlError(
      `cannot rename the context ${quote(from)}, the context ${quote(to)} already ` +
        `exists in ${kubeconfig.path}`,
    )
  }
  const path = fileOf(call, (content) => content.contexts.some(({ name }) => name === from))
  changeFile(call, path, (content) => ({
    ...content,
    contexts: content.contexts.map((one) => (one.name === from ? { ...one, name: to } : one)),
    currentContext: content.currentContext === from ? to : content.currentContext,
  }))
  out.line(`Context ${quote(from)} renamed to ${quote(to)}.`)
}

/** `kubectl config use-context NAME`. Writes the file that sets the current context, or the first one. */
export function useContext(call: CommandLine): void {
  const {
    args: [name, ...more],
    kubeconfig,
    out,
  } = call
  if (name === undefined || more.length > 0)
    throw usageError('config use-context', `Unexpected args: [${call.args.join(' ')}]`)
  if (!kubeconfig.content.contexts.some((one) => one.name === name))
    throw new KubectlError(`no context exists with the name: ${quote(name)}`)
  changeFile(
    call,
    fileOf(call, ({ currentContext }) => currentContext !== ''),
    (content) => ({ ...content, currentContext: name }),
  )
  out.line(`Switched to context ${quote(name)}.`)
}
