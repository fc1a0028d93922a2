import { quote } from '../../lang/go/quote.js'
import type { Pod } from '../../api/core/generated.js'
import { containersOf } from '../../api/core/pods/pod-containers.js'
import type { JsonMap } from '../../lang/json/maps.js'
import { isMap } from '../../lang/json/maps.js'
import { applyStrategicPatch } from '../../api/schema/strategic.js'
import { parseYamlText, YamlError } from '../../lang/yaml/read.js'
import { ignoreNotFound } from '../../client/api-error.js'
import type { CommandLine, KubectlCommand } from '../call/call.js'
import type { Debugged } from '../objects/debug-pods.js'
import { copyOfPod, isGrantedInVain, isProfile, nodePod, withDebugContainer } from '../objects/debug-pods.js'
import { KubectlError, throwCollected } from '../call/errors.js'
import { checkImage } from '../args/image-name.js'
import { readManifests } from '../call/manifests.js'
import { randomSuffix } from '../objects/random-suffix.js'
import type { Info } from '../args/resource-args.js'
import { fetchTarget, infoOf, selectResources } from '../args/resource-args.js'
import { attachTo } from './attach.js'

/**
 * `kubectl debug POD|node/NAME --image=IMAGE [--copy-to=NAME] [-- COMMAND]`. Source: kubectl
 * pkg/cmd/debug/debug.go.
 */
export const debug: KubectlCommand = {
  name: 'debug',
  run(call) {
    const { args, dash } = call
    const isSplit = dash !== undefined && args.length > dash
    const names = isSplit ? args.slice(0, dash) : args
    const command = isSplit ? args.slice(dash) : []
    const custom = customProfile(call)
    check(call, names, command)
    checkCustom(custom)
    if (call.flags.string('profile') === 'legacy')
      call.out.errorLine(
        '--profile=legacy is deprecated and will be removed in the future. It is recommended to ' +
          'explicitly specify a profile, for example "--profile=general".',
      )
    for (const info of targetsOf(call, names)) debugOne(call, info, command, custom)
  },
}

/** Source: kubectl pkg/cmd/debug DebugOptions.Validate. */
function check(call: CommandLine, names: readonly string[], command: readonly string[]): void {
  const { flags, out } = call
  const [image, copyTo, setImage] = [
    flags.string('image'),
    flags.string('copy-to'),
    flags.strings('set-image'),
  ]
  const [container, target] = [flags.string('container'), flags.string('target')]
  if (flags.has('attach') && flags.bool('attach') && image === '' && container === '')
    throw new KubectlError(
      'you must specify --container or create a new container using --image in order to attach.',
    )
  if (copyTo !== '') {
    if (image === '' && setImage.length === 0 && command.length === 0)
      throw new KubectlError('you must specify --image, --set-image or command arguments.')
    if (command.length > 0 && container === '' && image === '')
      throw new KubectlError('you must specify an existing container or a new image when specifying args.')
  } else {
    if (flags.bool('replace')) throw new KubectlError('--replace may only be used with --copy-to.')
    if (flags.bool('same-node')) throw new KubectlError('--same-node may only be used with --copy-to.')
    if (setImage.length > 0) throw new KubectlError('--set-image may only be used with --copy-to.')
    if (image === '') throw new KubectlError('you must specify --image when not using --copy-to.')
  }
  if (image !== '') checkImage(image, `invalid image name ${quote(image)}`)
  if (names.length === 0 && !flags.has('filename'))
    throw new KubectlError('NAME or filename is required for debug')
  const policy = flags.string('image-pull-policy')
  if (policy !== '' && !['Always', 'IfNotPresent', 'Never'].includes(policy))
    throw new KubectlError(`invalid image pull policy: ${policy}`)
  for (const text of setImage) {
    const [name = '', value = ''] = text.split(/=(.*)/s)
    checkImage(value, `invalid image name ${quote(value)} for container ${quote(name)}`)
  }
  if (target !== '' && copyTo !== '')
    throw new KubectlError('--target is incompatible with --copy-to. Use --share-processes instead.')
  if (target !== '' && !flags.bool('quiet'))
    out.line(
      `Targeting container ${quote(target)}. If you don't see processes from this container ` +
        `it may be because the container runtime doesn't support this feature.`,
    )
  if (flags.bool('tty') && !flags.bool('stdin'))
    throw new KubectlError('-i/--stdin is required for containers with -t/--tty=true')
}

/** Reads `--custom`. Throws KubectlError for it, and before that for a profile that does not exist. */
function customProfile({ flags, files }: CommandLine): JsonMap | undefined {
  for (const flag of ['env', 'set-image'])
    for (const text of flags.strings(flag))
      if (!text.includes('='))
        throw new KubectlError(
          `invalid argument ${quote(flags.strings(flag).join(','))} for "--${flag}" flag: ` +
            `${text} must be formatted as key=value\nSee 'kubectl debug --help' for usage.`,
        )
  const profile = flags.string('profile')
  if (!isProfile(profile)) throw new KubectlError(`unknown profile: ${profile}`)
  const path = flags.string('custom')
  if (path === '') return undefined
  const text = files.text(path)
  if (text === undefined)
    throw new KubectlError(
      `must pass a container spec json file for custom profile: open ${path}: no such file or directory`,
    )
  const value = containerIn(path, text)
  if (isMap(value)) return value
  throw new KubectlError(
    `${path} does not contain a valid container spec: error unmarshaling JSON: while decoding JSON: json: ` +
      `cannot unmarshal ${Array.isArray(value) ? 'array' : typeof value} into Go value of type v1.Container`,
  )
}

function containerIn(path: string, text: string): unknown {
  try {
    return parseYamlText(text)
  } catch (error) {
    if (!(error instanceof YamlError)) throw error
    throw new KubectlError(
      `${path} does not contain a valid container spec: error converting YAML to JSON: ${error.message}`,
    )
  }
}

function checkCustom(custom: JsonMap | undefined): void {
  if (
    custom !== undefined &&
    ['name', 'command', 'image', 'lifecycle', 'volumeDevices'].some((field) => Object.hasOwn(custom, field))
  )
    throw new KubectlError(
      'name, command, image, lifecycle and volume devices are not modifiable via custom profile',
    )
}

/** The objects to debug: those of files as they are there, those of arguments as the server has them. */
function targetsOf(call: CommandLine, names: readonly string[]): readonly Info[] {
  const args = names.map((name) => (name.includes('/') ? name : `pods/${name}`))
  if (call.flags.has('filename')) {
    const { infos, errors } = readManifests(call, { args, isTyped: true })
    throwCollected(errors)
    return infos
  }
  return selectResources(call, args).targets.flatMap((target) =>
    fetchTarget(call.client, target).objects.map((object) => infoOf(target.definition, object)),
  )
}

function debugOne(
  call: CommandLine,
  { definition, object, name }: Info,
  command: readonly string[],
  custom: JsonMap | undefined,
): void {
  switch (definition.kind) {
    case 'Node':
      return debugNode(call, name, command, custom)
    case 'Pod':
      return call.flags.string('copy-to') === ''
        ? debugInside(call, object as Pod, command, custom)
        : debugCopy(call, object as Pod, command, custom)
    default: {
      const { group, version, kind } = definition
      throw new KubectlError(`"${group}/${version}, Kind=${kind}" not supported by debug`)
    }
  }
}

function debugInside(
  call: CommandLine,
  pod: Pod,
  command: readonly string[],
  custom: JsonMap | undefined,
): void {
  const { client } = call
  const made = customized(call, withDebugContainer(call, pod, nameFor(call, pod), command), custom)
  warnOfUser(call, made)
  const { name = '', namespace = call.namespace } = pod.metadata
  const added = made.pod.spec.ephemeralContainers?.filter((one) => one.name === made.container)
  const patched = client.patch(
    'pods',
    { namespace, name },
    { type: 'strategic', body: { spec: { ephemeralContainers: added } } },
    { subresource: 'ephemeralcontainers' },
  )
  attach(call, patched, made.container)
}

function debugCopy(
  call: CommandLine,
  pod: Pod,
  command: readonly string[],
  custom: JsonMap | undefined,
): void {
  const { flags, client } = call
  const copy = copyOfPod(call, pod, () => nameFor(call, pod), command)
  const made = copy.container === '' ? copy : customized(call, copy, custom)
  warnOfUser(call, made)
  const created = client.create('pods', made.pod)
  const { name = '', namespace = call.namespace } = pod.metadata
  if (flags.bool('replace')) client.delete('pods', { namespace, name }, { gracePeriodSeconds: 0 })
  if (made.container !== '') attach(call, created, made.container)
}

/** Returns the name of `-c`, or an unused one. */
function nameFor(call: CommandLine, { spec }: Pod): string {
  const { flags, out } = call
  const given = flags.string('container')
  if (given !== '') return given
  const known = new Set(containersOf({ spec }).map(({ name }) => name))
  for (let attempt = 0; ; attempt++) {
    const name = `debugger-${randomSuffix(call, 'debugger', attempt)}`
    if (known.has(name)) continue
    if (!flags.bool('quiet')) out.line(`Defaulting debug container name to ${name}.`)
    return name
  }
}

function debugNode(
  call: CommandLine,
  node: string,
  command: readonly string[],
  custom: JsonMap | undefined,
): void {
  const { client, out, flags, namespace } = call
  const free = (attempt: number): string => {
    const name = `node-debugger-${node}-${randomSuffix(call, node, attempt)}`
    return ignoreNotFound(() => client.get('pods', { namespace, name })) === undefined
      ? name
      : free(attempt + 1)
  }
  const name = free(0)
  const made = customized(call, nodePod(call, { name, node }, command), custom)
  if (!flags.bool('quiet'))
    out.line(`Creating debugging pod ${name} with container ${made.container} on node ${node}.`)
  attach(call, client.create('pods', made.pod), made.container)
}

/** Merges `--custom` into the container. Source: kubectl pkg/cmd/debug applyCustomProfile. */
function customized({ env: { scheme } }: CommandLine, made: Debugged, custom: JsonMap | undefined): Debugged {
  const definition = scheme.byName('pods')
  if (custom === undefined || definition === undefined) return made
  const { pod, container: name } = made
  const list = pod.spec.containers.some((one) => one.name === name) ? 'containers' : 'ephemeralContainers'
  const merged = applyStrategicPatch(
    scheme.messageOf(definition),
    { spec: pod.spec },
    { spec: { [list]: [{ ...custom, name }] } },
  )
  return { container: name, pod: { ...pod, spec: merged['spec'] as Pod['spec'] } }
}

function warnOfUser({ out }: CommandLine, made: Debugged): void {
  if (!isGrantedInVain(made)) return
  out.errorLine(
    'Warning: Non-root user is configured for the entire target Pod, and some capabilities granted by ' +
      'debug profile may not work. Please consider using "--custom" with a custom profile that specifies ' +
      '"securityContext.runAsUser: 0".',
  )
}

function attach(call: CommandLine, { metadata }: Pod, container: string): void {
  const { flags } = call
  const wanted = flags.has('attach') ? flags.bool('attach') : flags.bool('stdin')
  if (!wanted) return
  attachTo(call, { namespace: metadata.namespace ?? call.namespace, name: metadata.name ?? '' }, container, {
    stdin: flags.bool('stdin'),
    timeout: 3_600_000,
    isQuiet: flags.bool('quiet'),
  })
}
