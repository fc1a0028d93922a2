import type { Call } from '../call.js'
import { KubectlError } from '../errors.js'
import { fits, podSpecOf, withContainers, withPodSpec } from '../pod-spec.js'
import { resourceList } from '../quantities.js'
import { checkResources, setSelected } from './changes.js'

/**
 * `kubectl set resources TYPE/NAME --limits=cpu=1 --requests=...`. Source: kubectl
 * pkg/cmd/set/set_resources.go.
 */
export function setResources(call: Call): void {
  const { flags, args } = call
  if (flags.bool('all') && flags.string('selector') !== '')
    throw new KubectlError('cannot set --all and --selector at the same time')
  const [limits, requests] = [flags.string('limits'), flags.string('requests')]
  if (limits === '' && requests === '') checkResources(call, args)
  if (limits === '' && requests === '')
    throw new KubectlError(
      'you must specify an update to requests or limits (in the form of --requests/--limits)',
    )
  const [newLimits, newRequests] = [resourceList(limits), resourceList(requests)]
  const pattern = flags.string('containers')
  const texts = {
    done: 'resource requirements updated',
    failure: 'failed to patch resources update to pod template',
  }
  setSelected(call, args, texts, (info, complain) => {
    const { containers, initContainers = [] } = podSpecOf(info)
    if (![...containers, ...initContainers].some(({ name }) => fits(name, pattern)))
      complain(`unable to find container named ${pattern}`)
    return withPodSpec(info, (spec) =>
      withContainers(spec, (container) => {
        if (!fits(container.name, pattern)) return container
        const known = container.resources ?? {}
        const resources = {
          ...known,
          ...(limits === '' ? {} : { limits: { ...known.limits, ...newLimits } }),
          ...(requests === '' ? {} : { requests: { ...known.requests, ...newRequests } }),
        }
        return { ...container, resources }
      }),
    )
  })
}
