import { quote } from '../../lang/go/quote.js'
import type { Deployment } from '../../api/apps/generated.js'
import type { KubeObject } from '../../api/kind/definition.js'
import type { CommandLine, KubectlCommand } from '../call/call.js'
import { KubectlError, isFailure, throwCollected } from '../call/errors.js'
import { groupResource } from '../args/kinds.js'
import { patchTo } from '../objects/patching.js'
import { printTyped } from '../print/object.js'
import type { Info } from '../args/resource-args.js'
import { rolloutHistory, rolloutUndo } from '../rollout/history.js'
import { rolloutStatus } from '../rollout/status.js'
import { workloadsOf } from '../rollout/workloads.js'

/** `kubectl rollout history`, `pause`, `restart`, `resume`, `status`, `undo`. */
export const rollout: KubectlCommand = {
  name: 'rollout',
  commands: [
    { name: 'history', run: rolloutHistory },
    { name: 'pause', run: rolloutPause },
    { name: 'restart', run: rolloutRestart },
    { name: 'resume', run: rolloutResume },
    { name: 'status', run: rolloutStatus },
    { name: 'undo', run: rolloutUndo },
  ],
}

const RESTARTED = 'kubectl.kubernetes.io/restartedAt'

/** `kubectl rollout pause`. Source: polymorphichelpers/objectpauser.go. */
function rolloutPause(call: CommandLine): void {
  changeWorkloads(call, 'paused', (info) => {
    const deployment = deploymentOf(info, 'pausing is not supported')
    if (deployment.spec.paused === true) throw new KubectlError('is already paused')
    return { ...deployment, spec: { ...deployment.spec, paused: true } } as Deployment
  })
}

/** `kubectl rollout resume`. Source: polymorphichelpers/objectresumer.go. */
function rolloutResume(call: CommandLine): void {
  changeWorkloads(call, 'resumed', (info) => {
    const deployment = deploymentOf(info, 'resuming is not supported')
    if (deployment.spec.paused !== true) throw new KubectlError('is not paused')
    const { paused: _, ...spec } = deployment.spec
    return { ...deployment, spec } as Deployment
  })
}

/**
 * `kubectl rollout restart`: sets an annotation of the template to the time. Source:
 * polymorphichelpers/objectrestarter.go.
 */
function rolloutRestart(call: CommandLine): void {
  const now = `${new Date(call.env.clock.now()).toISOString().slice(0, 19)}Z`
  changeWorkloads(call, 'restarted', ({ definition, object }) => {
    if (!RESTARTABLE.has(groupResource(definition))) throw new KubectlError('restarting is not supported')
    const workload = object as Deployment
    if (definition.kind === 'Deployment' && workload.spec.paused === true)
      throw new KubectlError("can't restart paused deployment (run rollout resume first)")
    const { template } = workload.spec
    const annotations = { ...template.metadata?.annotations, [RESTARTED]: now }
    return {
      ...workload,
      spec: { ...workload.spec, template: { ...template, metadata: { ...template.metadata, annotations } } },
    } as Deployment
  })
}

const RESTARTABLE: ReadonlySet<string> = new Set(['deployments.apps', 'daemonsets.apps', 'statefulsets.apps'])

function deploymentOf({ definition, object }: Info, otherwise: string): Deployment {
  if (groupResource(definition) !== 'deployments.apps') throw new KubectlError(otherwise)
  return object as Deployment
}

function changeWorkloads(call: CommandLine, done: string, change: (info: Info) => KubeObject): void {
  const errors: Error[] = []
  const infos = workloadsOf(call)
  if (infos.length === 0) call.out.errorLine(`No resources found in ${call.namespace} namespace.`)
  for (const info of infos) {
    try {
      const result = patchTo(call, info, changedBy(info, change), {
        dryRun: 'none',
        failure: 'failed to patch:',
      })
      if (result === undefined) {
        throw new KubectlError(
          `failed to create patch for ${info.name}: if restart has already been triggered within the ` +
            'past second, ' +
            'please wait before attempting to trigger another',
        )
      }
      printTyped(call, info.definition, result, done, 'none')
    } catch (error) {
      if (!isFailure(error)) throw error
      errors.push(error)
    }
  }
  // several errors are printed one by one
  throwCollected(
    errors.length === 1
      ? errors
      : errors.map((error) =>
          error instanceof KubectlError ? new KubectlError(`error: ${error.message}`) : error,
        ),
  )
}

/** Adds to an error the object that cannot be changed. */
function changedBy(info: Info, change: (info: Info) => KubeObject): KubeObject {
  try {
    return change(info)
  } catch (error) {
    throw error instanceof KubectlError
      ? new KubectlError(`${groupResource(info.definition)} ${quote(info.name)} ${error.message}`)
      : error
  }
}
