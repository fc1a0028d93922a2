import type { Call } from '../call.js'
import { Aggregate, KubectlError } from '../errors.js'
import { textOf } from '../kubeconfig.js'
import { TABLE, TabWriter } from '../print/tabwriter.js'

/** `kubectl config current-context`. */
export function currentContext({ kubeconfig, out }: Call): void {
  const { currentContext: name } = kubeconfig.content
  if (name === '') throw new KubectlError('current-context is not set')
  out.line(name)
}

/** `kubectl config get-clusters`. */
export function getClusters({ kubeconfig, out }: Call): void {
  for (const name of ['NAME', ...kubeconfig.content.clusters.map((one) => one.name).sort()]) out.line(name)
}

/** `kubectl config get-users`. */
export function getUsers({ kubeconfig, out }: Call): void {
  for (const name of ['NAME', ...kubeconfig.content.users.map((one) => one.name).sort()]) out.line(name)
}

/** `kubectl config get-contexts [NAME...]`. */
export function getContexts({ kubeconfig, args, flags, out }: Call): void {
  const format = flags.string('output')
  if (format !== '' && format !== 'name')
    throw new KubectlError(
      `--output ${format} is not available in kubectl config get-contexts; resetting to default ` +
        'output format',
    )
  const { contexts, currentContext: current } = kubeconfig.content
  const asked = args.length === 0 ? contexts.map(({ name }) => name) : args
  const known = asked.filter((name) => contexts.some((one) => one.name === name)).sort()
  if (format === 'name') for (const name of known) out.line(name)
  else {
    const rows = known.map((name) => {
      const value = contexts.find((one) => one.name === name)?.value ?? {}
      return [
        name === current ? '*' : '',
        name,
        textOf(value, 'cluster'),
        textOf(value, 'user'),
        textOf(value, 'namespace'),
      ]
    })
    const lines = flags.bool('no-headers')
      ? rows
      : [['CURRENT', 'NAME', 'CLUSTER', 'AUTHINFO', 'NAMESPACE'], ...rows]
    if (lines.length > 0)
      out.write(new TabWriter(TABLE).format(lines.map((cells) => `${cells.join('\t')}\n`).join('')))
  }
  const missing = asked
    .filter((name) => !known.includes(name))
    .map((name) => new KubectlError(`context ${name} not found`))
  if (missing.length === 1) throw missing[0] as Error
  if (missing.length > 1) throw new Aggregate(missing)
}
