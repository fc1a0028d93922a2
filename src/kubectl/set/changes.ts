import type { KubeObject } from '../../api/definition.js'
import type { Call } from '../call.js'
import { isPair, splitChanges } from '../commands/changes.js'
import type { ResourcesAndChanges } from '../commands/changes.js'
import { dryRunOf } from '../dry-run.js'
import { KubectlError } from '../errors.js'
import { patchTo } from '../patching.js'
import { printDone } from '../print/done.js'
import type { Info } from '../resource-args.js'
import { forSelected } from '../selected.js'

/** What one `set` command says. */
export interface SetTexts {
  /** `image updated` */
  readonly done: string
  /** `failed to patch image update to pod template:` */
  readonly failure: string
}

/** Resources and the changes behind them. Throws KubectlError when one of the two is missing. */
export function resourcesAndChanges(call: Call, what: string): ResourcesAndChanges {
  const split = splitChanges(call.args, what, isPair)
  if (split.resources.length === 0 && !call.flags.has('filename') && call.flags.string('kustomize') === '') {
    throw new KubectlError('one or more resources must be specified as <resource> <name> or <resource>/<name>')
  }
  return split
}

/** Changes every selected object, and prints those that changed. */
export function setSelected(call: Call, resources: readonly string[], { done, failure }: SetTexts, change: (info: Info) => KubeObject): void {
  const isLocal = call.flags.bool('local')
  const asked = dryRunOf(call)
  if (isLocal && asked === 'server') throw new KubectlError('cannot specify --local and --dry-run=server - did you mean --dry-run=client?')
  const dryRun = isLocal ? 'client' : asked
  forSelected(call, resources, (info) => {
    const result = patchTo(call, info, change(info), { dryRun, failure })
    if (result !== undefined) printDone(call, info.definition, result, done, isLocal ? 'none' : dryRun)
  }, { isLocal })
}
