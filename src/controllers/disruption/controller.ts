import type { Pod } from '../../api/core/generated.js'
import { semanticEqual } from '../../api/kind/equal.js'
import { compileSelector, formatGoSelector } from '../../api/selectors/labels.js'
import type { PodDisruptionBudget, PodDisruptionBudgetStatus } from '../../api/policy/generated.js'
import { ApiError, isApiError } from '../../client/api-error.js'
import type { Component, ComponentHost } from '../../client/component.js'
import type { EventRecorder } from '../../client/recorders/event-recorder.js'
import type { Change, Informer } from '../../client/informers/informer.js'
import { keyOf } from '../../client/informers/object-index.js'
import type { Slice, Topic } from '../../sim/modules/module.js'
import type { WorkQueue } from '../../sim/modules/work-queue.js'
import type { Controller, ControllerContext, Handlers } from '../shared/define-controller.js'
import { builtInController } from '../shared/define-controller.js'
import { controllerIdentity, controllerName } from '../shared/identity.js'
import { labelledPodIndexers, labelledPods } from '../shared/labelled-pods.js'
import { BY_NAMESPACE, namespaceIndexer } from '../shared/ownership.js'
import type { ExpectedPods, ScalableResource } from './expected-pods.js'
import { ControllerScales, ExpectedPodsError, expectedPodCount } from './expected-pods.js'
import {
  budgetStatus,
  countHealthyPods,
  disruptedPods,
  failSafeStatus,
  staleDisruptionIn,
  withoutDisruption,
} from './status.js'

type DisruptionInformers = {
  readonly sets: 'replicasets'
  readonly deployments: 'deployments'
  readonly pods: 'pods'
  readonly budgets: 'poddisruptionbudgets'
}

/**
 * The shortest resync period of kube-controller-manager's informers, in ms (`--min-resync-period`); each
 * process chooses one between this and twice as much.
 */
const MIN_RESYNC = 12 * 3_600_000

/** Options of {@link createDisruptionController}. */
interface DisruptionControllerOptions {
  /** Returns what the server serves now, to find the scales of the controllers of pods. */
  readonly resources: () => readonly ScalableResource[]
}

/**
 * Creates the disruption controller, which calculates the status of PodDisruptionBudgets, from which the
 * eviction API decides, and resets the DisruptionTarget condition of pods that were not deleted after all.
 * Source: pkg/controller/disruption/disruption.go.
 */
export function createDisruptionController({ resources }: DisruptionControllerOptions): Component {
  return builtInController<DisruptionInformers>({
    name: controllerName('disruption-controller'),
    identity: controllerIdentity('disruption-controller'),
    informers: {
      sets: { resource: 'replicasets' },
      deployments: { resource: 'deployments' },
      pods: { resource: 'pods', indexers: labelledPodIndexers },
      budgets: { resource: 'poddisruptionbudgets', indexers: namespaceIndexer() },
    },
    setup: (context) => new DisruptionController(context, resources),
  })
}

class DisruptionController implements Controller<DisruptionInformers> {
  readonly on: Handlers<DisruptionInformers> = {
    budgets: ({ object }) => [keyOf(object)],
    pods: (change) => this.#podChanged(change),
  }
  readonly #host: ComponentHost
  readonly #recorder: EventRecorder
  readonly #pods: Informer<Pod>
  readonly #budgets: Informer<PodDisruptionBudget>
  readonly #scales: ControllerScales
  readonly #queue: WorkQueue
  readonly #stale: Topic
  readonly #resync: Slice<{ readonly since: number; readonly period: number }>

  constructor(
    { host, informers: { sets, deployments, pods, budgets }, queue }: ControllerContext<DisruptionInformers>,
    resources: () => readonly ScalableResource[],
  ) {
    this.#host = host
    this.#recorder = host.recorder({ component: 'controllermanager' })
    this.#pods = pods
    this.#budgets = budgets
    this.#scales = new ControllerScales(host.client, sets, deployments, resources)
    this.#queue = queue
    this.#stale = host.handle('stale-disruption', (key) => this.#syncStale(key))
    this.#resync = host.state('resync', () => ({
      since: host.clock.now(),
      period: Math.round(MIN_RESYNC * (1 + host.random('resync').float())),
    }))
  }

  /** Adds to the queue itself, because the budgets come before the event about them. */
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

  reconcile(key: string): void {
    const budget = this.#budgets.get(key)
    if (!budget) return
    try {
      this.#updateStatus(key, budget)
    } catch (error) {
      const isExpected = error instanceof ExpectedPodsError || error instanceof ApiError
      if (!isExpected || isApiError(error, 'Conflict')) throw error
      this.#host.log('error', `Failed to sync PDB ${key}: ${error.message}`)
      this.#write(budget, failSafeStatus(budget, error.message, this.#host.clock.now()))
      // no write follows a status that stays the same, so that only the informer's resync tries again
      this.#queue.addAfter(key, this.#untilResync(), { class: 'watchdog' })
    }
  }

  #untilResync(): number {
    const { since, period } = this.#resync.value
    return period - ((this.#host.clock.now() - since) % period)
  }

  #updateStatus(key: string, budget: PodDisruptionBudget): void {
    const now = this.#host.clock.now()
    const matches = compileSelector(budget.spec.selector)
    const { selector } = budget.spec
    const pods = labelledPods(this.#pods, budget.metadata.namespace ?? '', selector?.matchLabels).filter(
      (pod) => matches(pod.metadata.labels),
    )
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

  /** Resets a stale DisruptionTarget condition; a failed write is tried again after a second. */
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

  /** Prints the namespace twice, the second time in place of the name, because upstream does. */
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
