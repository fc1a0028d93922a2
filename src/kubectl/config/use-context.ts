import { parse } from 'yaml'
import type { Call } from '../call.js'
import { KubectlError, usageError } from '../errors.js'
import { printYaml } from '../print/yaml.js'

/** `kubectl config use-context NAME`. The file that names the current context, or the first one, is written. */
export function useContext(call: Call): void {
  const { args: [name, ...more], kubeconfig, out } = call
  if (name === undefined || more.length > 0) throw usageError('config use-context', `Unexpected args: [${call.args.join(' ')}]`)
  if (!kubeconfig.content.contexts.some((one) => one.name === name)) throw new KubectlError(`no context exists with the name: ${JSON.stringify(name)}`)
  const path = kubeconfig.paths.find((one) => (kubeconfig.read(one)?.currentContext ?? '') !== '') ?? kubeconfig.path
  const text = kubeconfig.text(path) ?? ''
  call.files.write(path, printYaml({ ...(parse(text) as object | null), 'current-context': name }))
  out.line(`Switched to context ${JSON.stringify(name)}.`)
}
