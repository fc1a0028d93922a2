import type { Call } from '../call.js'
import { KubectlError, usageError } from '../errors.js'
import { changeFile, fileOf } from './file.js'

/**
 * `kubectl config use-context NAME`. The file that names the current context, or the first one, is written.
 */
export function useContext(call: Call): void {
  const {
    args: [name, ...more],
    kubeconfig,
    out,
  } = call
  if (name === undefined || more.length > 0)
    throw usageError('config use-context', `Unexpected args: [${call.args.join(' ')}]`)
  if (!kubeconfig.content.contexts.some((one) => one.name === name))
    throw new KubectlError(`no context exists with the name: ${JSON.stringify(name)}`)
  changeFile(
    call,
    fileOf(call, ({ currentContext }) => currentContext !== ''),
    (content) => ({ ...content, currentContext: name }),
  )
  out.line(`Switched to context ${JSON.stringify(name)}.`)
}
