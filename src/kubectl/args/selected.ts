import { formatApiVersion } from '../../api/api-version.js'
import type { KindDefinition } from '../../api/kind/definition.js'
import { compileSelectorText } from '../../api/selectors/label-parser.js'
import type { CommandLine } from '../call/call.js'
import { isFailure, KubectlError, throwCollected } from '../call/errors.js'
import { readManifests } from '../call/manifests.js'
import type { Info } from './resource-args.js'
import { fetchTarget, infoOf, keyOf, selectResources } from './resource-args.js'

/**
 * Error for a command without arguments and files. Source: cli-runtime resource/builder.go
 * missingResourceError.
 */
export const NOTHING_GIVEN: string =
  'You must provide one or more resources by argument or filename.\nExample resource specifications ' +
  "include:\n   '-f rsrc.yaml'\n" +
  "   '--filename=rsrc.json'\n   '<resource> <name>'\n   '<resource>'"

/** How objects are selected. */
export interface Selecting {
  /** Whether a type alone selects all its objects. */
  readonly allowEmptySelector?: boolean
  /** Default: `--selector`. */
  readonly selector?: string
  /** Whether objects of files are used as they are, without asking the server. */
  readonly isLocal?: boolean
  /** Whether objects are decoded into the Go types that kubectl knows. */
  readonly isTyped?: boolean
}

/**
 * Returns the current objects that files or arguments select, and the errors of others. Throws KubectlError
 * if nothing is given. Source: cli-runtime resource.Builder with Flatten, ContinueOnError and Latest.
 */
export function selected(
  call: CommandLine,
  args: readonly string[],
  selecting: Selecting = {},
): { readonly infos: readonly Info[]; readonly errors: readonly Error[] } {
  const { allowEmptySelector = call.flags.bool('all'), isLocal = false, isTyped = false } = selecting
  const labelSelector = selecting.selector ?? call.flags.string('selector')
  if (call.flags.has('filename') || call.flags.string('kustomize') !== '') {
    const { infos, errors } = readManifests(call, { args, isLocal, isTyped })
    const matches = compileSelectorText(labelSelector)
    const wanted = infos.filter(({ object }) => matches(object.metadata.labels))
    if (isLocal) return { infos: wanted, errors }
    return collected(errors, wanted, (info) =>
      fetchTarget(call.client, { definition: info.definition, ...keyOf(info), name: info.name }).objects.map(
        (object) => ({ ...infoOf(info.definition, object), source: info.source ?? '' }),
      ),
    )
  }
  if (args.length === 0) throw new KubectlError(NOTHING_GIVEN)
  const { targets } = selectResources(call, args, { labelSelector, allowEmptySelector })
  return collected([], targets, (target) => {
    const { objects } = fetchTarget(call.client, target)
    if (isTyped) checkTyped(target.definition)
    return objects.map((object) => infoOf(target.definition, object))
  })
}

/** Throws KubectlError for an object that the Go types of kubectl do not have. */
function checkTyped({ custom, kind, ...definition }: KindDefinition): void {
  if (custom === undefined) return
  const version = formatApiVersion(definition)
  throw new KubectlError(
    `no kind "${kind}" is registered for version "${version}" in scheme "pkg/scheme/scheme.go:28"`,
  )
}

function collected<T>(
  known: readonly Error[],
  items: readonly T[],
  read: (item: T) => readonly Info[],
): { readonly infos: readonly Info[]; readonly errors: readonly Error[] } {
  const infos: Info[] = []
  const errors: Error[] = [...known]
  for (const item of items) {
    try {
      infos.push(...read(item))
    } catch (error) {
      if (!isFailure(error)) throw error
      errors.push(error)
    }
  }
  return { infos, errors }
}

/**
 * Runs `work` for every selected object; failures do not stop the others, and are thrown together at the end.
 */
export function forSelected(
  call: CommandLine,
  args: readonly string[],
  act: (info: Info) => void,
  selecting: Selecting = {},
): void {
  const { infos, errors } = selected(call, args, selecting)
  const failures: Error[] = [...errors]
  for (const info of infos) {
    try {
      act(info)
    } catch (error) {
      if (!isFailure(error)) throw error
      failures.push(error)
    }
  }
  throwCollected(failures)
}
