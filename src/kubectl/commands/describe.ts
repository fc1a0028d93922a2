import type { KubeObject } from '../../api/kind/definition.js'
import { isApiError } from '../../client/api-error.js'
import type { CommandLine, KubectlCommand } from '../call/call.js'
import { describeObject } from '../describe/describe-object.js'
import { KubectlError, throwCollected } from '../call/errors.js'
import { readManifests } from '../call/manifests.js'
import type { SelectedTargets, ObjectTarget } from '../args/resource-args.js'
import { fetchTarget, fetchTargets, keyOf, selectResources } from '../args/resource-args.js'

/** `kubectl describe TYPE [NAME_PREFIX]`, of any kind. */
export const describe: KubectlCommand = {
  name: 'describe',
  run(call) {
    const { targets } = selectionOf(call)
    const fetched = fetchTargets(call.client, targets)
    const errors = fetched.flatMap((one) => ('error' in one ? [one.error] : []))
    const [missing] = errors
    if (fetched.length === 1 && isApiError(missing, 'NotFound') && call.args.length === 2) {
      describeByPrefix(call, targets[0] as ObjectTarget, missing)
      return
    }
    const texts = fetched.flatMap((one) =>
      'error' in one ? [] : one.objects.map((object) => textOf(call, one.target, object)),
    )
    call.out.write(texts.join('\n\n'))
    if (texts.length === 0 && errors.length === 0) call.out.errorLine(nothingFound(call))
    throwCollected(errors)
  },
}

function selectionOf(call: CommandLine): SelectedTargets {
  if (call.flags.has('filename')) {
    const { infos, errors } = readManifests(call, { args: call.args })
    throwCollected(errors)
    return {
      targets: infos.map(({ definition, ...info }) => ({ definition, ...keyOf(info) })),
      singleItem: infos.length === 1,
    }
  }
  if (call.args.length === 0) {
    throw new KubectlError(
      'You must specify the type of resource to describe. Use "kubectl api-resources" for a complete ' +
        'list of supported resources.\n',
    )
  }
  return selectResources(call, call.args, {
    labelSelector: call.flags.string('selector'),
    allowEmptySelector: true,
    allNamespaces: call.flags.bool('all-namespaces'),
  })
}

/** kubectl names the namespace even for cluster-scoped kinds. */
function nothingFound({ release, namespace, flags }: CommandLine): string {
  if (!release.namesNamespaceWhenEmpty) return 'No resources found.'
  return flags.bool('all-namespaces') ? 'No resources found' : `No resources found in ${namespace} namespace.`
}

/** Describes the objects whose names begin with a name that does not exist. */
function describeByPrefix(
  call: CommandLine,
  { definition, namespace, name = '' }: ObjectTarget,
  missing: Error,
): void {
  const { objects } = fetchTarget(
    call.client,
    namespace === undefined ? { definition } : { definition, namespace },
  )
  const matching = objects.filter(({ metadata }) => metadata.name?.startsWith(name) === true)
  if (matching.length === 0) throw missing
  for (const object of matching) call.out.write(`${textOf(call, { definition }, object)}\n`)
}

function textOf(call: CommandLine, { definition }: ObjectTarget, object: KubeObject): string {
  const { client, release, env, flags } = call
  return describeObject(object, {
    client,
    definition,
    release,
    now: env.clock.now(),
    withEvents: flags.bool('show-events'),
  })
}
