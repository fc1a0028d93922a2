import { quote } from '../../lang/go/quote.js'
import type { KubeObject } from '../../api/kind/definition.js'
import type { ResourceName } from '../../client/resources.js'
import type { CommandLine, KubectlCommand } from '../call/call.js'
import { dryRunOf } from '../call/dry-run.js'
import { KubectlError, throwCollected } from '../call/errors.js'
import { groupResource, resourceNameOf } from '../args/kinds.js'
import { printDone } from '../print/object.js'
import type { Info } from '../args/resource-args.js'
import { keyOf } from '../args/resource-args.js'
import { selected } from '../args/selected.js'

interface Scale extends KubeObject {
  readonly spec?: { readonly replicas?: number }
  readonly status?: { readonly replicas?: number }
}

/** `kubectl scale --replicas=N TYPE/NAME`. Source: kubectl pkg/cmd/scale, pkg/scale/scale.go. */
export const scale: KubectlCommand = {
  name: 'scale',
  run(call) {
    const { flags, args } = call
    const replicas = flags.int('replicas')
    const [version, expected] = [flags.string('resource-version'), flags.int('current-replicas')]
    if (replicas < 0)
      throw new KubectlError(
        'The --replicas=COUNT flag is required, and COUNT must be greater than or equal to 0',
      )
    if (flags.has('current-replicas') && expected < -1)
      throw new KubectlError('The --current-replicas must specify an integer of -1 or greater')
    const dryRun = dryRunOf(call)
    const { infos, errors } = selected(call, args)
    throwCollected(errors)
    if (infos.length === 0) throw new KubectlError('no objects passed to scale')
    if (version !== '' && infos.length > 1)
      throw new KubectlError('cannot use --resource-version with multiple resources')
    for (const info of infos) {
      if (dryRun !== 'client') {
        scaleOne(call, info, { replicas, version, expected }, dryRun === 'server')
        waitForScale(call, info, replicas, dryRun === 'server')
      }
      printDone(call, info.definition, info.object, 'scaled', dryRun)
    }
  },
}

interface Wanted {
  readonly replicas: number
  readonly version: string
  readonly expected: number
}

function scaleOne(
  call: CommandLine,
  info: Info,
  { replicas, version, expected }: Wanted,
  dryRun: boolean,
): KubeObject {
  const resource = resourceNameOf(info.definition)
  const options = { subresource: 'scale', dryRun, fieldManager: 'kubectl' }
  if (expected === -1 && version === '')
    return call.client.patch(resource, keyOf(info), { type: 'merge', body: { spec: { replicas } } }, options)
  const current = call.client.getSubresource(resource as ResourceName, keyOf(info), 'scale') as Scale
  const { replicas: found = 0 } = current.spec ?? {}
  if (expected !== -1 && found !== expected)
    throw new KubectlError(`Expected replicas to be ${expected}, was ${found}`)
  const { resourceVersion = '' } = current.metadata
  if (version !== '' && resourceVersion !== version)
    throw new KubectlError(`Expected resource version to be ${version}, was ${resourceVersion}`)
  return call.client.update(
    resource,
    { ...current, spec: { ...current.spec, replicas } } as KubeObject,
    options,
  )
}

/** `--timeout`: waits until the scale has the wanted replicas. */
function waitForScale(call: CommandLine, info: Info, replicas: number, dryRun: boolean): void {
  const timeout = call.flags.duration('timeout')
  if (timeout === 0 || dryRun) return
  const isDone = (): boolean => {
    const { status } = call.client.getSubresource(
      resourceNameOf(info.definition) as ResourceName,
      keyOf(info),
      'scale',
    ) as Scale
    return (status?.replicas ?? 0) === replicas
  }
  if (!isDone() && !call.env.until(isDone, timeout))
    throw new KubectlError(
      `timed out waiting for ${quote(info.name)} of ${groupResource(info.definition)} to be synced`,
    )
}
