import type { KindDefinition, KubeObject } from '../../api/kind/definition.js'
import type { CommandLine } from '../call/call.js'
import { dryRunOf } from '../call/dry-run.js'
import { isFailure, KubectlError, throwCollected } from '../call/errors.js'
import { kindName } from '../args/kinds.js'
import { patchTo } from '../objects/patching.js'
import { withContainers, withPodSpec } from '../objects/pod-spec.js'
import { printTyped } from '../print/object.js'
import type { Info } from '../args/resource-args.js'
import { selected } from '../args/selected.js'

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
  /** `failed to patch image update to pod template:`; absent: the server's error as it is. */
  readonly failure?: string
}

/** Changes an object. `complain` adds an error of the command, but the change is sent all the same. */
export type ObjectChange = (info: Info, complain: (text: string) => void) => KubeObject

/**
 * Returns the objects that a `set` command changes: with `--local` those of files as they are. Throws if one
 * of them cannot be read, so that none is changed. Source: kubectl pkg/cmd/set, the Complete functions.
 */
export function objectsToSet(call: CommandLine, resources: readonly string[]): readonly Info[] {
  const { infos, errors } = readToSet(call, resources)
  throwCollected(errors)
  return infos
}

/** Reads the objects of a `set` command, and keeps the errors of those that cannot be read. */
export function readToSet(call: CommandLine, resources: readonly string[]): ReturnType<typeof selected> {
  const isLocal = call.flags.bool('local')
  return selected(call, isLocal ? [] : resources, { isLocal, isTyped: true })
}

/** Throws KubectlError for resource arguments beside `--local`. Source: cli-runtime LocalResourceError. */
export function refuseResourcesLocally({ flags }: CommandLine, resources: readonly string[]): void {
  if (!flags.bool('local') || resources.length === 0) return
  throw new KubectlError(
    'error: you must specify resources by --filename when --local is set.\nExample resource ' +
      "specifications include:\n   '-f rsrc.yaml'\n   '--filename=rsrc.json'",
  )
}

/** Throws KubectlError for `--dry-run=server` beside `--local`. */
export function refuseLocalServerRun(call: CommandLine): void {
  if (call.flags.bool('local') && dryRunOf(call) === 'server')
    throw new KubectlError('cannot specify --local and --dry-run=server - did you mean --dry-run=client?')
}

/**
 * Changes every object, and prints those that changed. Failures are thrown together at the end, after those
 * of objects that could not be read (`unread`).
 */
export function setObjects(
  call: CommandLine,
  infos: readonly Info[],
  texts: SetTexts,
  change: ObjectChange,
  unread: readonly Error[] = [],
): void {
  const isLocal = call.flags.bool('local')
  const dryRun = isLocal ? 'client' : dryRunOf(call)
  const failures: Error[] = [...unread]
  for (const info of infos) {
    try {
      const wanted = withObjectInError(info, texts, isLocal, () =>
        change(info, (text) => void failures.push(new KubectlError(text))),
      )
      const result =
        patchTo(call, info, wanted, {
          dryRun,
          ...(texts.failure === undefined ? {} : { failure: texts.failure }),
        }) ?? (texts.saysAlways === true ? info.object : undefined)
      if (result !== undefined)
        printTyped(
          call,
          info.definition,
          isLocal ? asGoWrites(info, result) : result,
          texts.done,
          isLocal ? 'none' : dryRun,
        )
    } catch (error) {
      if (!isFailure(error)) throw error
      failures.push(error)
    }
  }
  throwCollected(failures)
}

/** The line break is upstream's. Source: cli-runtime pkg/resource/visitor.go Info.ObjectName. */
const localName = (definition: KindDefinition, name: string): string =>
  `${kindName(definition)}/${name}${definition.group === '' ? '' : '\n'}`

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
      `error: ${isLocal ? localName(definition, name) : `${definition.resource}/${name}`} ${error.message}\n`,
    )
  }
}
