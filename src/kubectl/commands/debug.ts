import type { Container, EphemeralContainer, Pod } from '../../api/core/generated.js'
import { attachTo } from './attach.js'
import type { CommandLine, Command } from '../call.js'
import { copyOfPod, debugContainer, isProfile, nodePod } from '../debug-pods.js'
import { ignoreNotFound } from '../../client/api-error.js'
import { KubectlError, throwCollected } from '../errors.js'
import { readManifests } from '../manifests.js'
import { selectResources } from '../resource-args.js'
import { randomSuffix } from '../random-suffix.js'

/**
 * `kubectl debug POD|node/NAME --image=IMAGE [--copy-to=NAME] [-- COMMAND]`. Source: kubectl
 * pkg/cmd/debug/debug.go.
 */
export const debug: Command = {
  name: 'debug',
  run(call) {
    const { flags, args, dash, out } = call
    const names = [...args.slice(0, dash ?? 1)]
    const command = args.slice(names.length)
    check(call, names, command)
    if (flags.string('profile') === 'legacy') {
      out.errorLine(
        '--profile=legacy is deprecated and will be removed in the future. It is recommended to ' +
          'explicitly specify a profile, for example "--profile=general".',
      )
    }
    if (flags.has('filename')) {
      const { infos, errors } = readManifests(call)
      throwCollected(errors)
      names.push(...infos.map(({ definition, name }) => `${definition.resource}/${name}`))
    }
    for (const name of names) {
      const [target] = selectResources(call, name.includes('/') ? [name] : ['pods', name]).targets
      if (target?.name === undefined) throw new KubectlError(`expected exactly one object: ${name}`)
      if (target.definition.kind === 'Node') debugNode(call, target.name, command)
      else if (target.definition.kind === 'Pod')
        debugPod(call, call.client.get('pods', { namespace: call.namespace, name: target.name }), command)
      else
        throw new KubectlError(
          `"${target.definition.group}/${target.definition.version}, Kind=${target.definition.kind}" ` +
            'not supported by debug',
        )
    }
  },
}

function check({ flags, files }: CommandLine, names: readonly string[], command: readonly string[]): void {
  const [image, copyTo, setImage] = [
    flags.string('image'),
    flags.string('copy-to'),
    flags.strings('set-image'),
  ]
  if (copyTo === '') {
    if (image === '') throw new KubectlError('you must specify --image when not using --copy-to.')
    if (flags.bool('replace')) throw new KubectlError('--replace may only be used with --copy-to.')
    if (flags.bool('same-node')) throw new KubectlError('--same-node may only be used with --copy-to.')
    if (setImage.length > 0) throw new KubectlError('--set-image may only be used with --copy-to.')
  } else {
    if (flags.string('target') !== '')
      throw new KubectlError('--target is incompatible with --copy-to. Use --share-processes instead.')
    if (image === '' && setImage.length === 0 && command.length === 0)
      throw new KubectlError('you must specify --image, --set-image or command arguments.')
    if (flags.bool('arguments-only') && command.length > 0 && image === '' && setImage.length === 0) {
      throw new KubectlError('--arguments-only not supported without --image or --set-image')
    }
  }
  for (const text of setImage) {
    if (!text.includes('='))
      throw new KubectlError(
        `invalid argument ${JSON.stringify(text)} for "--set-image" flag: ${text} must be formatted ` +
          `as key=value\nSee 'kubectl debug --help' for usage.`,
      )
  }
  const custom = flags.string('custom')
  if (custom !== '' && files.text(custom) === undefined)
    throw new KubectlError(
      `must pass a container spec json file for custom profile: open ${custom}: no such file or directory`,
    )
  if (names.length === 0 && !flags.has('filename')) throw new KubectlError('NAME is required for debug')
  if (names.length > 1 && flags.bool('attach'))
    throw new KubectlError('--attach can only be used with one resource')
  if (flags.bool('tty') && !flags.bool('stdin'))
    throw new KubectlError('-i/--stdin is required for containers with -t/--tty=true')
  const policy = flags.string('image-pull-policy')
  if (policy !== '' && !['Always', 'IfNotPresent', 'Never'].includes(policy))
    throw new KubectlError(`invalid image pull policy: ${policy}`)
  if (!isProfile(flags.string('profile')))
    throw new KubectlError(`unknown profile: ${flags.string('profile')}`)
}

function debugPod(call: CommandLine, pod: Pod, command: readonly string[]): void {
  const { flags, client } = call
  if (flags.string('copy-to') !== '') {
    const { pod: copy, container } = copyOfPod(call, pod, nameFor(call, pod), command)
    if (flags.bool('replace'))
      ignoreNotFound(() =>
        client.delete(
          'pods',
          { namespace: call.namespace, name: pod.metadata.name ?? '' },
          { gracePeriodSeconds: 0 },
        ),
      )
    const created = client.create('pods', copy, { fieldManager: 'kubectl-debug' })
    if (container !== '') attach(call, created, container)
    return
  }
  const container = ephemeral(call, pod, command)
  const { name = '' } = pod.metadata
  const body = { spec: { ephemeralContainers: [container] } }
  const patched = client.patch(
    'pods',
    { namespace: call.namespace, name },
    { type: 'strategic', body },
    { subresource: 'ephemeralcontainers', fieldManager: 'kubectl-debug' },
  )
  attach(call, patched, container.name)
}

function ephemeral(call: CommandLine, pod: Pod, command: readonly string[]): EphemeralContainer {
  const { flags, out } = call
  const target = flags.string('target')
  if (target !== '' && !flags.bool('quiet')) {
    out.line(
      `Targeting container ${JSON.stringify(target)}. If you don't see processes from this container ` +
        `it may be because the container runtime doesn't support this feature.`,
    )
  }
  const name = nameFor(call, pod)
  const container: Container = debugContainer(call, name, command, 'ephemeral')
  return { ...container, ...(target === '' ? {} : { targetContainerName: target }) } as EphemeralContainer
}

/** Returns the name of `-c`, or an unused one. */
function nameFor(call: CommandLine, { spec }: Pod): string {
  const { flags, out } = call
  const given = flags.string('container')
  if (given !== '') return given
  if (flags.string('copy-to') !== '' && flags.string('image') === '') return ''
  const known = new Set(
    [...spec.containers, ...(spec.initContainers ?? []), ...(spec.ephemeralContainers ?? [])].map(
      ({ name }) => name,
    ),
  )
  for (let attempt = 0; ; attempt++) {
    const name = `debugger-${randomSuffix(call, 'debugger', attempt)}`
    if (known.has(name)) continue
    if (!flags.bool('quiet')) out.line(`Defaulting debug container name to ${name}.`)
    return name
  }
}

function debugNode(call: CommandLine, node: string, command: readonly string[]): void {
  const { client, out, flags, namespace } = call
  client.get('nodes', { name: node })
  const free = (attempt: number): string => {
    const name = `node-debugger-${node}-${randomSuffix(call, node, attempt)}`
    return ignoreNotFound(() => client.get('pods', { namespace, name })) === undefined
      ? name
      : free(attempt + 1)
  }
  const pod = nodePod(call, { name: free(0), node }, command)
  const container = pod.spec.containers[0]?.name ?? ''
  if (!flags.bool('quiet'))
    out.line(`Creating debugging pod ${pod.metadata.name ?? ''} with container ${container} on node ${node}.`)
  attach(call, client.create('pods', pod, { fieldManager: 'kubectl-debug' }), container)
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
