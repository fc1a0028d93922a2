import type { ConfigMap, Container, EnvVar, Secret } from '../../api/core/generated.js'
import type { CommandLine } from '../call.js'
import { isPair, splitChanges } from '../commands/split-changes.js'
import { checkEnvName } from '../env-name.js'
import { KubectlError } from '../errors.js'
import { matchesName, podSpecOf, withContainers, withPodSpec } from '../pod-spec.js'
import { fetchTarget, selectResources } from '../resource-args.js'
import { forSelected } from '../selected.js'
import { setSelected } from './changes.js'

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
  const { resources, changes } = splitChanges(args, 'environment', (arg) => isPair(arg) || arg === '-')
  const given = [...changes, ...flags.strings('env')]
  const [list, from] = [flags.bool('list'), flags.string('from')]
  if (flags.bool('all') && flags.string('selector') !== '')
    throw new KubectlError('cannot set --all and --selector at the same time')
  if (resources.length === 0 && !flags.has('filename'))
    throw new KubectlError(
      'one or more resources must be specified as <resource> <name> or <resource>/<name>',
    )
  if (list && flags.string('output') !== '')
    throw new KubectlError('--list and --output may not be specified together')
  if (flags.strings('keys').length > 0 && from === '')
    throw new KubectlError('when specifying --keys, a configmap or secret must be provided with --from')
  const own = parsed(call, given)
  const wanted: EnvChanges = { set: [...own.set, ...fromSource(call, from)], remove: own.remove }
  const pattern = flags.string('containers')
  if (list)
    forSelected(
      call,
      resources,
      (info) => {
        const { containers, initContainers = [] } = podSpecOf(info)
        const chosen = [...containers, ...initContainers].filter(({ name }) => matchesName(name, pattern))
        listed(call, info.definition.kind, info.name, chosen)
      },
      { isLocal: flags.bool('local') },
    )
  else {
    setSelected(
      call,
      resources,
      { done: 'env updated', failure: 'failed to patch env update to pod template:' },
      (info) => {
        const { containers, initContainers = [] } = podSpecOf(info)
        const chosen = [...containers, ...initContainers].filter(({ name }) => matchesName(name, pattern))
        if (chosen.length === 0)
          call.out.errorLine(
            `Warning: ${info.definition.kind}/${info.name} does not have any containers matching ` +
              `${JSON.stringify(pattern)}`,
          )
        if (!flags.bool('overwrite')) refuseKnown(chosen, wanted)
        return withPodSpec(info, (spec) =>
          withContainers(spec, (one) => (matchesName(one.name, pattern) ? withEnv(one, wanted) : one)),
        )
      },
    )
  }
}

function parsed(call: CommandLine, texts: readonly string[]): EnvChanges {
  const set: EnvVar[] = []
  const remove: string[] = []
  for (const text of texts.flatMap((one) =>
    one === '-' ? call.files.stdin.split('\n').filter((line) => line.trim() !== '') : [one],
  )) {
    const at = text.indexOf('=')
    if (at < 0 && text.endsWith('-')) {
      remove.push(text.slice(0, -1))
      continue
    }
    if (at <= 0)
      throw new KubectlError(
        `environment variables must be of the form key=value and ${JSON.stringify(text)} is not`,
      )
    const name = text.slice(0, at)
    checkEnvName(name)
    set.push({ name, value: text.slice(at + 1) })
  }
  const both = remove.find((name) => set.some((one) => one.name === name))
  if (both !== undefined)
    throw new KubectlError('can not both modify and remove the same environment variable in the same command')
  return { set, remove }
}

/** Returns the keys of a ConfigMap or a Secret as variables that refer to it. */
function fromSource(call: CommandLine, from: string): readonly EnvVar[] {
  if (from === '') return []
  const { targets } = selectResources(call, [from])
  const [prefix, keys] = [call.flags.string('prefix'), call.flags.strings('keys')]
  return targets.flatMap((target) =>
    fetchTarget(call.client, target).objects.flatMap((object) => {
      const { kind } = target.definition
      if (kind !== 'ConfigMap' && kind !== 'Secret')
        throw new KubectlError(`unsupported resource specified in --from`)
      const { name = '' } = object.metadata
      const data = (object as ConfigMap | Secret).data ?? {}
      return Object.keys(data)
        .sort()
        .filter((key) => keys.length === 0 || keys.includes(key))
        .map((key): EnvVar => {
          const variable = key.toUpperCase().replaceAll(/[^A-Z0-9_]/g, '_')
          if (variable !== key) call.out.errorLine(`Warning: key ${key} transferred to ${variable}`)
          return {
            name: prefix + variable,
            valueFrom:
              kind === 'Secret' ? { secretKeyRef: { name, key } } : { configMapKeyRef: { name, key } },
          }
        })
    }),
  )
}

function refuseKnown(containers: readonly Container[], { set }: EnvChanges): void {
  for (const { env = [] } of containers) {
    const known = set.find(({ name }) => env.some((one) => one.name === name))
    if (known !== undefined)
      throw new KubectlError(
        `'${known.name}' already has a value ` +
          `(${env.find(({ name }) => name === known.name)?.value ?? ''}), and --overwrite is false`,
      )
  }
}

function withEnv(container: Container, { set, remove }: EnvChanges): Container {
  const before = container.env ?? []
  const replaced = before.map((one) => set.find(({ name }) => name === one.name) ?? one)
  const env = [...replaced, ...set.filter(({ name }) => !before.some((one) => one.name === name))].filter(
    ({ name }) => !remove.includes(name),
  )
  if (env.length > 0) return { ...container, env }
  const { env: _, ...without } = container
  return without
}

function listed(
  { out, flags, client, namespace }: CommandLine,
  kind: string,
  name: string,
  containers: readonly Container[],
): void {
  for (const container of containers) {
    out.line(`# ${kind} ${name}, container ${container.name}`)
    for (const variable of container.env ?? []) {
      const { configMapKeyRef, secretKeyRef, fieldRef, resourceFieldRef } = variable.valueFrom ?? {}
      if (variable.valueFrom === undefined) out.line(`${variable.name}=${variable.value ?? ''}`)
      else if (flags.bool('resolve') && configMapKeyRef !== undefined) {
        const { data } = client.get('configmaps', { namespace, name: configMapKeyRef.name ?? '' })
        out.line(`${variable.name}=${data?.[configMapKeyRef.key] ?? ''}`)
      } else if (flags.bool('resolve') && secretKeyRef !== undefined) {
        const { data } = client.get('secrets', { namespace, name: secretKeyRef.name ?? '' })
        out.line(`${variable.name}=${atob(data?.[secretKeyRef.key] ?? '')}`)
      } else
        out.line(
          `# ${variable.name} from ${sourceText(configMapKeyRef, secretKeyRef, fieldRef, resourceFieldRef)}`,
        )
    }
  }
}

interface Keyed {
  readonly name?: string
  readonly key: string
}

function sourceText(
  configMap: Keyed | undefined,
  secret: Keyed | undefined,
  field: { readonly fieldPath: string } | undefined,
  resource: { readonly containerName?: string; readonly resource: string } | undefined,
): string {
  if (configMap !== undefined) return `configmap ${configMap.name ?? ''}, key ${configMap.key}`
  if (secret !== undefined) return `secret ${secret.name ?? ''}, key ${secret.key}`
  if (field !== undefined) return `field path ${field.fieldPath}`
  if (resource === undefined) return 'invalid valueFrom'
  const container = resource.containerName ?? ''
  return container === ''
    ? `resource field ${resource.resource}`
    : `resource field ${container}/${resource.resource}`
}
