import type { ConfigMap, Container, EnvVar, Secret } from '../../api/core/generated.js'
import type { CommandLine } from '../call/call.js'
import { checkEnvName } from '../args/env-name.js'
import { KubectlError } from '../call/errors.js'
import { matchesName, podSpecOf, withContainers, withPodSpec } from '../objects/pod-spec.js'
import type { Info } from '../args/resource-args.js'
import { objectsToSet, refuseLocalServerRun, setObjects } from './changes.js'
import { listEnv } from './env-listing.js'

interface EnvChanges {
  readonly set: readonly EnvVar[]
  readonly remove: readonly string[]
}

/**
 * `kubectl set env TYPE/NAME KEY=VALUE KEY- --from=configmap/NAME --list`. Source: kubectl
 * pkg/cmd/set/set_env.go.
 */
export function setEnv(call: CommandLine): void {
  const { flags, args } = call
  if (flags.bool('all') && flags.string('selector') !== '')
    throw new KubectlError('cannot set --all and --selector at the same time')
  const { resources, changes } = splitArguments(args)
  const [list, from] = [flags.bool('list'), flags.string('from')]
  refuseLocalServerRun(call)
  if (resources.length === 0 && !flags.has('filename'))
    throw new KubectlError(
      'one or more resources must be specified as <resource> <name> or <resource>/<name>',
    )
  if (list && flags.string('output') !== '')
    throw new KubectlError('--list and --output may not be specified together')
  if (flags.strings('keys').length > 0 && from === '')
    throw new KubectlError('when specifying --keys, a configmap or secret must be provided with --from')
  const wanted = wantedChanges(call, [...flags.strings('env'), ...changes])
  const infos = objectsToSet(call, resources)
  if (list) for (const info of infos) listChanged(call, info, wanted)
  else
    setObjects(
      call,
      infos,
      { done: 'env updated', failure: 'failed to patch env update to pod template:' },
      (info) => changed(call, info, wanted),
    )
}

/** Source: kubectl pkg/cmd/set/env/env_parse.go SplitEnvironmentFromResources. */
function splitArguments(args: readonly string[]): {
  readonly resources: readonly string[]
  readonly changes: readonly string[]
} {
  const isChange = (arg: string): boolean => arg.indexOf('=') > 0 || arg.endsWith('-')
  const first = args.findIndex(isChange)
  if (first < 0) return { resources: args, changes: [] }
  const changes = args.slice(first)
  if (!changes.every(isChange))
    throw new KubectlError(`all resources must be specified before environment changes: ${args.join(' ')}`)
  return { resources: args.slice(0, first), changes }
}

function wantedChanges(call: CommandLine, texts: readonly string[]): EnvChanges {
  const own = parsed(call, texts)
  const prefix = call.flags.string('prefix')
  const set = [...own.set, ...fromSource(call)]
  return {
    set: prefix === '' ? set : set.map((variable) => ({ ...variable, name: prefix + variable.name })),
    remove: own.remove,
  }
}

/** Source: kubectl pkg/cmd/set/env/env_parse.go parseIntoEnvVar. */
function parsed(call: CommandLine, texts: readonly string[]): EnvChanges {
  const set: EnvVar[] = []
  const named = new Set<string>()
  const remove: string[] = []
  for (const text of texts) {
    const at = text.indexOf('=')
    if (text === '-') set.push(...linesOf(call.files.stdin))
    else if (at >= 0) {
      const name = text.slice(0, at)
      checkEnvName(name)
      named.add(name)
      set.push({ name, value: text.slice(at + 1) })
    } else if (text.endsWith('-')) remove.push(text.slice(0, -1))
    else throw new KubectlError(`unknown environment variable: ${text}`)
  }
  if (remove.some((name) => named.has(name)))
    throw new KubectlError('can not both modify and remove the same environment variable in the same command')
  return { set, remove }
}

/** Reads `KEY=VALUE` lines, which may end in a comment; any other line is skipped, and no name is checked. */
function linesOf(text: string): readonly EnvVar[] {
  return text.split(/\r?\n/).flatMap((line) => {
    const [pair = ''] = line.split('#', 1)
    const at = pair.indexOf('=')
    return at < 0 ? [] : [{ name: pair.slice(0, at), value: pair.slice(at + 1) }]
  })
}

/** Returns the keys of the ConfigMaps and Secrets of `--from` as variables that refer to them. */
function fromSource(call: CommandLine): readonly EnvVar[] {
  const { flags, out } = call
  const [from, keys] = [flags.string('from'), flags.strings('keys')]
  if (from === '') return []
  return objectsToSet(call, [from]).flatMap(({ definition: { kind }, object }) => {
    if (kind !== 'ConfigMap' && kind !== 'Secret')
      throw new KubectlError(`unsupported resource specified in --from`)
    const { name = '' } = object.metadata
    // upstream reads them in Go's random map order
    return Object.keys((object as ConfigMap | Secret).data ?? {})
      .sort()
      .filter((key) => keys.length === 0 || keys.includes(key))
      .map((key): EnvVar => {
        const variable = key.replaceAll(/[^a-zA-Z0-9_]/g, '_').toUpperCase()
        if (variable !== key) out.errorLine(`Warning: key ${key} transferred to ${variable}`)
        return {
          name: variable,
          valueFrom: kind === 'Secret' ? { secretKeyRef: { name, key } } : { configMapKeyRef: { name, key } },
        }
      })
  })
}

/** Returns the containers that `--containers` selects; warns if there are none. */
function chosenOf({ flags, out }: CommandLine, info: Info): readonly Container[] {
  const pattern = flags.string('containers')
  const { containers, initContainers = [] } = podSpecOf(info)
  const chosen = [...containers, ...initContainers].filter(({ name }) => matchesName(name, pattern))
  if (chosen.length === 0)
    out.errorLine(
      `Warning: ${info.definition.kind}/${info.name} does not have any containers matching ` +
        JSON.stringify(pattern),
    )
  return chosen
}

function changed(call: CommandLine, info: Info, wanted: EnvChanges): Info['object'] {
  const { flags } = call
  const names = new Set(chosenOf(call, info).map(({ name }) => name))
  return withPodSpec(info, (spec) =>
    withContainers(spec, (one) => {
      if (!names.has(one.name)) return one
      if (!flags.bool('overwrite')) refuseOverwriting(one, wanted)
      return withEnv(one, wanted)
    }),
  )
}

/** Prints the variables as they would be. As upstream, passes over in silence what cannot be listed. */
function listChanged(call: CommandLine, info: Info, wanted: EnvChanges): void {
  try {
    for (const container of chosenOf(call, info)) {
      if (!call.flags.bool('overwrite')) refuseOverwriting(container, wanted)
      listEnv(call, info, withEnv(container, wanted))
    }
  } catch (error) {
    if (!(error instanceof KubectlError)) throw error
  }
}

/** Source: kubectl pkg/cmd/set/set_env.go validateNoOverwrites. */
function refuseOverwriting({ env = [] }: Container, { set }: EnvChanges): void {
  for (const { name, value = '' } of set) {
    const current = env.find((one) => one.name === name)
    if (current === undefined || (current.value ?? '') === value) continue
    throw new KubectlError(`'${name}' already has a value (${current.value ?? ''}), and --overwrite is false`)
  }
}

/**
 * A variable replaces the first of its name and removes the others; what is removed is not added. Source:
 * kubectl pkg/cmd/set/helper.go updateEnv.
 */
function withEnv(container: Container, { set, remove }: EnvChanges): Container {
  const covered = new Set(remove)
  const env: EnvVar[] = []
  for (const one of container.env ?? []) {
    if (covered.has(one.name)) continue
    const newer = set.find(({ name }) => name === one.name)
    if (newer !== undefined) covered.add(one.name)
    env.push(newer ?? one)
  }
  for (const one of set) {
    if (covered.has(one.name)) continue
    covered.add(one.name)
    env.push(one)
  }
  if (env.length > 0) return { ...container, env }
  const { env: _, ...without } = container
  return without
}
