import type { Container } from '../../api/core/generated.js'
import type { Call } from '../call.js'
import { KubectlError } from '../errors.js'
import { podSpecOf, withContainers, withPodSpec } from '../pod-spec.js'
import { checkResources, resourcesAndChanges, setSelected } from './changes.js'

/**
 * `kubectl set image TYPE/NAME CONTAINER=IMAGE ...`; `*` stands for all containers. Source: kubectl
 * pkg/cmd/set/set_image.go.
 */
export function setImage(call: Call): void {
  const { resources, changes } = resourcesAndChanges(call, 'image')
  if (changes.length === 0) checkResources(call, resources)
  if (changes.length === 0) throw new KubectlError('at least one image update is required')
  if (call.flags.bool('all') && call.flags.string('selector') !== '')
    throw new KubectlError('cannot set --all and --selector at the same time')
  const images = imagesOf(changes)
  setSelected(
    call,
    resources,
    { done: 'image updated', failure: 'failed to patch image update to pod template:' },
    (info, complain) => {
      const { containers, initContainers = [] } = podSpecOf(info)
      const known = new Set([...containers, ...initContainers].map(({ name }) => name))
      for (const name of images.keys())
        if (name !== '*' && !known.has(name))
          complain(`unable to find container named ${JSON.stringify(name)}`)
      return withPodSpec(info, (spec) => withContainers(spec, (container) => withImage(container, images)))
    },
  )
}

function imagesOf(changes: readonly string[]): ReadonlyMap<string, string> {
  return new Map(
    changes.map((pair) => {
      const at = pair.indexOf('=')
      if (at < 0) throw new KubectlError(`can't both set and remove image in the same command`)
      return [pair.slice(0, at), pair.slice(at + 1)]
    }),
  )
}

function withImage(container: Container, images: ReadonlyMap<string, string>): Container {
  const image = images.get(container.name) ?? images.get('*')
  return image === undefined ? container : { ...container, image }
}
