import type { Pod } from '../../api/core/generated.js'
import { semanticEqual } from '../../api/equal.js'
import { compileSelector } from '../../api/labels.js'
import type { PodDisruptionBudget, PodDisruptionBudgetStatus } from '../../api/policy/generated.js'
import { ApiError, isApiError } from '../../client/api-error.js'
import type { Component, ComponentHost } from '../../client/component.js'
import type { EventRecorder } from '../../client/event-recorder.js'
import type { Change, Informer } from '../../client/informer.js'
import { keyOf } from '../../client/object-index.js'
import type { Topic } from '../../sim/module.js'
import type { WorkQueue } from '../../sim/work-queue.js'
import { controllerIdentity, controllerName } from '../shared/identity.js'
import { BY_NAMESPACE, namespaceIndexer } from '../shared/ownership.js'
import { reconcileQueue } from '../shared/queue.js'
import { expectedPodCount, ExpectedPodsError, ControllerScales } from './expected-pods.js'
import type { ExpectedPods } from './expected-pods.js'
import { formatGoSelector } from '../shared/selectors.js'
import {
  staleDisruptionIn,
  withoutDisruption,
  budgetStatus,
  countHealthyPods,
  disruptedPods,
  failSafeStatus,
} from './status.js'

/**
 * The disruption controller: reckons the status of PodDisruptionBudgets, on which the eviction API decides,
 * and takes back the DisruptionTarget condition of pods that were not deleted after all. Identity
 * `system:serviceaccount:kube-system:disruption-controller`; its events come from `controllermanager`.
 * Source: pkg/controller/disruption/disruption.go.
 */
export function createDisruptionController(): Component {
  return {
    name: controllerName('disruption-controller'),
    identity: controllerIdentity('disruption-controller'),
    setup: (host) => void new DisruptionController(host),
  }
}

class DisruptionController {
  readonly #host: ComponentHost
  readonly #recorder: EventRecorder
  readonly #pods: Informer<Pod>
  readonly #budgets: Informer<PodDisruptionBudget>
  readonly #scales: ControllerScales
  readonly #queue: WorkQueue
  readonly #stale: Topic

  constructor(host: ComponentHost) {
    this.#host = host
    this.#recorder = host.recorder({ component: 'controllermanager' })
    const sets = host.informer('replicasets')
    const deployments = host.informer('deployments')
    this.#pods = host.informer('pods', { indexers: namespaceIndexer<Pod>() })
    this.#budgets = host.informer('poddisruptionbudgets', {
      indexers: namespaceIndexer<PodDisruptionBudget>(),
    })
    this.#scales = new ControllerScales(host.client, sets, deployments)
    this.#queue = reconcileQueue(host, [sets, deployments, this.#pods, this.#budgets], (key) =>
      this.#sync(key),
    )
    this.#stale = host.handle('stale-disruption', (key) => this.#syncStale(key))
    this.#budgets.onChange(({ object }) => this.#queue.add(keyOf(object)))
    this.#pods.onChange((change) => this.#podChanged(change))
  }

  #podChanged({ type, object }: Change<Pod>): void {
    const budgets = this.#budgetsOf(object)
    for (const budget of budgets) this.#queue.add(keyOf(budget))
    if (type === 'DELETED') return void this.#stale.cancel(keyOf(object))
    if (budgets.length > 1) this.#warnOfSeveral(object, budgets[0] as PodDisruptionBudget)
    const stale = staleDisruptionIn(object, this.#host.clock.now())
    if (stale !== undefined) this.#stale.wakeAfter(keyOf(object), stale, { class: 'watchdog' })
  }

  #budgetsOf(pod: Pod): readonly PodDisruptionBudget[] {
    const budgets = this.#budgets.byIndex(BY_NAMESPACE, pod.metadata.namespace ?? '')
    return budgets.filter((budget) => compileSelector(budget.spec.selector)(pod.metadata.labels))
  }

  #warnOfSeveral(pod: Pod, chosen: PodDisruptionBudget): void {
    const { namespace = '', name = '' } = pod.metadata
    const choice = `Chose "${chosen.metadata.name ?? ''}" arbitrarily.`
    const message = `Pod "${namespace}"/"${name}" matches multiple PodDisruptionBudgets.  ${choice}`
    this.#podEvent(pod, 'MultiplePodDisruptionBudgets', message)
  }

  #sync(key: string): void {
    const budget = this.#budgets.get(key)
    if (!budget) return
    try {
      this.#reckon(key, budget)
    } catch (error) {
      const isRefusal = error instanceof ExpectedPodsError || error instanceof ApiError
      if (!isRefusal || isApiError(error, 'Conflict')) throw error
      this.#host.log('error', `Failed to sync PDB ${key}: ${error.message}`)
      this.#write(budget, failSafeStatus(budget, error.message, this.#host.clock.now()))
    }
  }

  #reckon(key: string, budget: PodDisruptionBudget): void {
    const now = this.#host.clock.now()
    const matches = compileSelector(budget.spec.selector)
    const pods = this.#pods
      .byIndex(BY_NAMESPACE, budget.metadata.namespace ?? '')
      .filter((pod) => matches(pod.metadata.labels))
    if (pods.length === 0) this.#budgetEvent(budget, 'Normal', 'NoPods', 'No matching pods found')
    const expected = this.#expectedPods(budget, pods)
    if (expected.unmanaged.length > 0) this.#warnOfUnmanaged(budget)
    const { pending, expired, nextExpiry } = disruptedPods(budget, pods, now)
    for (const pod of expired) this.#warnOfNotDeleted(pod, budget)
    this.#write(budget, budgetStatus(budget, expected, countHealthyPods(pods, pending, now), pending, now))
    if (nextExpiry !== undefined) this.#queue.addAfter(key, nextExpiry - now + 1, { class: 'watchdog' })
  }

  #expectedPods(budget: PodDisruptionBudget, pods: readonly Pod[]): ExpectedPods {
    try {
      return expectedPodCount(budget, pods, (controller, namespace) =>
        this.#scales.scaleOf(controller, namespace),
      )
    } catch (error) {
      if (!(error instanceof ExpectedPodsError) && !(error instanceof ApiError)) throw error
      const message = `Failed to calculate the number of expected pods: ${error.message}`
      this.#budgetEvent(budget, 'Warning', 'CalculateExpectedPodCountFailed', message)
      throw error
    }
  }

  #write(budget: PodDisruptionBudget, status: PodDisruptionBudgetStatus): void {
    if (!semanticEqual(status, budget.status))
      this.#host.client.updateStatus('poddisruptionbudgets', { ...budget, status })
  }

  /**
   * A failure to write is made good by the next change of the pod, or comes again with the next informer
   * list.
   */
  #syncStale(key: string): void {
    const pod = this.#pods.get(key)
    const now = this.#host.clock.now()
    const stale = pod && staleDisruptionIn(pod, now)
    if (pod === undefined || stale === undefined) return
    if (stale > 0) return this.#stale.wakeAfter(key, stale, { class: 'watchdog' })
    try {
      this.#host.client.updateStatus('pods', withoutDisruption(pod, now))
    } catch (error) {
      if (!(error instanceof ApiError)) throw error
      this.#stale.wakeAfter(key, 1000, { class: 'watchdog' })
    }
  }

  #warnOfUnmanaged(budget: PodDisruptionBudget): void {
    const selector = formatGoSelector(budget.spec.selector ?? {})
    const message =
      `Pods selected by this PodDisruptionBudget (selector: ${selector}) were found to be unmanaged. ` +
      'As a result, the status of' +
      ' the PDB cannot be calculated correctly, which may result in undefined behavior. To account ' +
      'for these pods please set' +
      ' ".spec.minAvailable" field of the PDB to an integer value.'
    this.#budgetEvent(budget, 'Warning', 'UnmanagedPods', message)
  }

  /** The namespace stands twice where the name should be, as upstream prints it. */
  #warnOfNotDeleted(pod: Pod, budget: PodDisruptionBudget): void {
    const { namespace = '' } = budget.metadata
    this.#podEvent(
      pod,
      'NotDeleted',
      `Pod was expected by PDB ${namespace}/${namespace} to be deleted but it wasn't`,
    )
  }

  #budgetEvent(
    budget: PodDisruptionBudget,
    type: 'Normal' | 'Warning',
    reason: string,
    message: string,
  ): void {
    this.#recorder.event(
      { object: budget, apiVersion: 'policy/v1', kind: 'PodDisruptionBudget' },
      type,
      reason,
      message,
    )
  }

  #podEvent(pod: Pod, reason: string, message: string): void {
    this.#recorder.event({ object: pod, apiVersion: 'v1', kind: 'Pod' }, 'Warning', reason, message)
  }
}
