import type { Container, Pod } from '../../api/core/generated.js'
import type { Call } from '../call.js'
import { KubectlError } from '../errors.js'
import { debugContainer } from './container.js'

/**
 * A copy of a pod with a container more, or with another one; and the name of that container. Source: kubectl
 * pkg/cmd/debug generatePodCopyWithDebugContainer.
 */
export function copyOfPod(
  call: Call,
  pod: Pod,
  name: string,
  command: readonly string[],
): { readonly pod: Pod; readonly container: string } {
  const { flags } = call
  const { labels, annotations } = pod.metadata
  const isLegacy = flags.string('profile') === 'legacy'
  const { nodeName, ephemeralContainers: _, initContainers, ...rest } = pod.spec
  const container = name === '' ? (pod.spec.containers[0]?.name ?? '') : name
  const containers = withDebugContainer(
    call,
    pod.spec.containers.map((one) => withoutProbes(call, withImage(call, one), isLegacy)),
    container,
    command,
  )
  return {
    container,
    pod: {
      metadata: {
        name: flags.string('copy-to'),
        namespace: call.namespace,
        ...(annotations !== undefined && (isLegacy || flags.bool('keep-annotations')) ? { annotations } : {}),
        ...(labels !== undefined && flags.bool('keep-labels') ? { labels } : {}),
      },
      spec: {
        ...rest,
        containers,
        ...(flags.bool('same-node') && nodeName !== undefined ? { nodeName } : {}),
        ...(initContainers !== undefined && flags.bool('keep-init-containers') ? { initContainers } : {}),
        ...(flags.has('share-processes') || containers.length > pod.spec.containers.length
          ? { shareProcessNamespace: flags.bool('share-processes') }
          : {}),
      },
    } as unknown as Pod,
  }
}

/** `--set-image=container=image`, `*=image`. */
function withImage({ flags }: Call, container: Container): Container {
  const images = new Map(
    flags.strings('set-image').map((text) => {
      const at = text.indexOf('=')
      if (at <= 0) throw new KubectlError(`invalid image format ${JSON.stringify(text)}, expected name=image`)
      return [text.slice(0, at), text.slice(at + 1)] as const
    }),
  )
  const image = images.get(container.name) ?? images.get('*')
  return image === undefined ? container : { ...container, image }
}

/** Copies that are looked at are not to be restarted for it. */
function withoutProbes({ flags }: Call, container: Container, keepsAll: boolean): Container {
  if (keepsAll) return container
  const { livenessProbe, readinessProbe, startupProbe, ...rest } = container
  return {
    ...rest,
    ...(livenessProbe !== undefined && flags.bool('keep-liveness') ? { livenessProbe } : {}),
    ...(readinessProbe !== undefined && flags.bool('keep-readiness') ? { readinessProbe } : {}),
    ...(startupProbe !== undefined && flags.bool('keep-startup') ? { startupProbe } : {}),
  } as Container
}

function withDebugContainer(
  call: Call,
  containers: readonly Container[],
  name: string,
  command: readonly string[],
): readonly Container[] {
  const { flags } = call
  const at = containers.findIndex((one) => one.name === name)
  if (at < 0) {
    if (flags.string('image') === '')
      throw new KubectlError('you must specify image when creating new container')
    return [...containers, debugContainer(call, name, command, 'copy')]
  }
  return containers.map((one, index) => {
    if (index !== at) return one
    const { args: _, command: __, ...bare } = one
    return {
      ...(command.length === 0
        ? one
        : flags.bool('arguments-only')
          ? { ...one, args: command }
          : { ...bare, command }),
      ...(flags.string('image') === '' ? {} : { image: flags.string('image') }),
      ...(flags.bool('stdin') ? { stdin: true } : {}),
      ...(flags.bool('tty') ? { tty: true } : {}),
    } as Container
  })
}
