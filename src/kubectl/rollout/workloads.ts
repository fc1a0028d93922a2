import type { CommandLine } from '../call/call.js'
import { KubectlError, throwCollected } from '../call/errors.js'
import { readManifests } from '../call/manifests.js'
import type { Info } from '../args/resource-args.js'
import { fetchTarget, infoOf, keyOf, selectResources } from '../args/resource-args.js'

/** Returns the current objects that a rollout command selects. Throws KubectlError, ApiError. */
export function workloadsOf(call: CommandLine): readonly Info[] {
  const { flags, args, client } = call
  if (args.length === 0 && !flags.has('filename')) throw new KubectlError('required resource not specified')
  if (flags.has('filename')) {
    const { infos, errors } = readManifests(call, { args })
    throwCollected(errors)
    return infos.map((info) =>
      infoOf(
        info.definition,
        fetchTarget(client, { definition: info.definition, ...keyOf(info), name: info.name })
          .objects[0] as Info['object'],
      ),
    )
  }
  const { targets } = selectResources(call, args, {
    labelSelector: flags.string('selector'),
    allowEmptySelector: true,
  })
  return targets.flatMap((target) =>
    fetchTarget(client, target).objects.map((object) => infoOf(target.definition, object)),
  )
}
