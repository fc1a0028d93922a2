import type { KubeObject } from '../../api/definition.js'
import type { CommandLine } from '../call.js'
import type { ResourcesAndChanges } from '../commands/split-changes.js'
import { isPair, splitChanges } from '../commands/split-changes.js'
import { dryRunOf } from '../dry-run.js'
import { KubectlError, throwCollected } from '../errors.js'
import { patchTo } from '../patching.js'
import { withContainers, withPodSpec } from '../pod-spec.js'
import { printDone } from '../print/object.js'
import type { Info } from '../resource-args.js'
import { NOTHING_GIVEN, forSelected, selected } from '../selected.js'

/** Fields of a kind that Go writes even if they are empty. */
const ALWAYS: Readonly<Record<string, { readonly spec?: object; readonly status: object }>> = {
  Pod: { status: {} },
  Job: { status: {} },
  CronJob: { status: {} },
  Deployment: { spec: { strategy: {} }, status: {} },
  StatefulSet: { spec: { updateStrategy: {} }, status: { availableReplicas: 0, replicas: 0 } },
  ReplicaSet: { status: { replicas: 0 } },
  DaemonSet: {
    spec: { updateStrategy: {} },
    status: { currentNumberScheduled: 0, desiredNumberScheduled: 0, numberMisscheduled: 0, numberReady: 0 },
  },
}

/** Returns an object of a file as Go's types would encode it (`set --local -o yaml`). */
function asGoWrites(info: Info, object: KubeObject): KubeObject {
  const always = Object.hasOwn(ALWAYS, info.definition.kind) ? ALWAYS[info.definition.kind] : undefined
  if (always === undefined) return object
  const filled = withPodSpec({ ...info, object }, (spec) =>
    withContainers(spec, (one) => ({ ...one, resources: one.resources ?? {} })),
  )
  const { spec = {}, status = {} } = filled as { readonly spec?: object; readonly status?: object }
  return {
    ...filled,
    spec: { ...always.spec, ...spec },
    status: { ...always.status, ...status },
  } as KubeObject
}

/** Texts and options of one `set` command. */
export interface SetTexts {
  /** Whether errors omit the object's name. Default false. */
  readonly isNameless?: boolean
  /** Whether an object without differences is reported as updated. Default false. */
  readonly saysAlways?: boolean
  /** `image updated` */
  readonly done: string
  /** `failed to patch image update to pod template:` */
  readonly failure: string
}

/** Splits arguments into resources and changes. Throws KubectlError if one of the two is missing. */
export function resourcesAndChanges(call: CommandLine, what: string): ResourcesAndChanges {
  const split = splitChanges(call.args, what, isPair)
  if (split.resources.length === 0 && !call.flags.has('filename') && call.flags.string('kustomize') === '') {
    throw new KubectlError(NOTHING_GIVEN)
  }
  return split
}

/** Changes an object. `complain` adds an error of the command, but the change is sent all the same. */
export type Change = (info: Info, complain: (text: string) => void) => KubeObject

/** Changes every selected object, and prints those that changed. */
export function setSelected(
  call: CommandLine,
  resources: readonly string[],
  texts: SetTexts,
  change: Change,
): void {
  const isLocal = call.flags.bool('local')
  const asked = dryRunOf(call)
  if (isLocal && asked === 'server')
    throw new KubectlError('cannot specify --local and --dry-run=server - did you mean --dry-run=client?')
  const dryRun = isLocal ? 'client' : asked
  forSelected(
    call,
    resources,
    (info) => {
      const complaints: KubectlError[] = []
      const wanted = withObjectInError(info, texts, isLocal, () =>
        change(info, (text) => void complaints.push(new KubectlError(text))),
      )
      const result =
        patchTo(call, info, wanted, { dryRun, failure: texts.failure }) ??
        (texts.saysAlways === true ? info.object : undefined)
      if (result !== undefined)
        printDone(
          call,
          info.definition,
          isLocal ? asGoWrites(info, result) : result,
          texts.done,
          isLocal ? 'none' : dryRun,
        )
      throwCollected(complaints)
    },
    { isLocal },
  )
}

/** Adds to an error the object that could not be changed. Source: set commands, patch.Err. */
function withObjectInError<T>(
  { definition, name }: Info,
  { isNameless = false }: SetTexts,
  isLocal: boolean,
  work: () => T,
): T {
  try {
    return work()
  } catch (error) {
    if (isNameless || !(error instanceof KubectlError)) throw error
    throw new KubectlError(
      `error: ${isLocal ? definition.kind.toLowerCase() : definition.resource}/${name} ${error.message}\n`,
    )
  }
}

/** Throws errors about the resource arguments, which are reported before errors about the changes. */
export function checkResources(call: CommandLine, resources: readonly string[]): void {
  selected(call, resources, { isLocal: call.flags.bool('local') })
}
