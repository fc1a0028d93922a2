import type { Call } from '../call.js'
import { KubectlError, usageError } from '../errors.js'
import type { ListName } from './file.js'
import { changeEntry, changeFile, fileOf } from './file.js'

/**
 * `kubectl config delete-cluster NAME`, `delete-context`, `delete-user`. Source: kubectl
 * pkg/cmd/config/delete_*.go.
 */
export function deleteEntry(call: Call, list: ListName, word: string): void {
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
 * `kubectl config rename-context OLD NEW`; a current context stays current. Source: kubectl
 * pkg/cmd/config/rename_context.go.
 */
export function renameContext(call: Call): void {
  const {
    args: [from, to],
    out,
    kubeconfig,
  } = call
  if (from === undefined || to === undefined || call.args.length > 2)
    throw new KubectlError(`Unexpected args: [${call.args.join(' ')}]`)
  const { contexts } = kubeconfig.content
  if (!contexts.some(({ name }) => name === from))
    throw new KubectlError(
      `cannot rename the context ${JSON.stringify(from)}, it's not in ${kubeconfig.path}`,
    )
  if (contexts.some(({ name }) => name === to)) {
    throw new KubectlError(
      `cannot rename the context ${JSON.stringify(from)}, the context ${JSON.stringify(to)} already ` +
        `exists in ${kubeconfig.path}`,
    )
  }
  const path = fileOf(call, (content) => content.contexts.some(({ name }) => name === from))
  changeFile(call, path, (content) => ({
    ...content,
    contexts: content.contexts.map((one) => (one.name === from ? { ...one, name: to } : one)),
    currentContext: content.currentContext === from ? to : content.currentContext,
  }))
  out.line(`Context ${JSON.stringify(from)} renamed to ${JSON.stringify(to)}.`)
}
