import { semanticEqual } from '../api/equal.js'
import type { Ingress, IngressClass } from '../api/networking/generated.js'
import { ignoreNotFound, isApiError } from '../client/api-error.js'
import type { Component, ComponentHost } from '../client/component.js'
import type { EventRecorder } from '../client/event-recorder.js'
import type { Informer } from '../client/informer.js'
import { keyOf } from '../client/object-index.js'
import type { WorkQueue } from '../sim/work-queue.js'
import { reconcileQueue } from './shared/queue.js'

const LEGACY_CLASS = 'kubernetes.io/ingress.class'

/** A simulated ingress controller, as ingress-nginx behaves towards the API. */
export interface IngressControllerOptions {
  /** Name of its IngressClass, which is made when it is not there. Default `nginx`. */
  readonly className?: string
  /** Address that it publishes. Default 198.51.100.1. */
  readonly address?: string
}

/**
 * Writes the address of an ingress controller into the status of the Ingresses of its class, and an event
 * `Sync` when one has come or changed. It forwards nothing. Source: ingress-nginx internal/ingress/status,
 * internal/ingress/controller/store.
 */
export function createIngressStatusController(options: IngressControllerOptions = {}): Component {
  return {
    name: 'ingress-nginx-controller',
    identity: {
      name: 'system:serviceaccount:ingress-nginx:ingress-nginx',
      groups: ['system:serviceaccounts', 'system:masters', 'system:authenticated'],
    },
    setup: (host) => void new IngressStatusController(host, options),
  }
}

class IngressStatusController {
  readonly #host: ComponentHost
  readonly #className: string
  readonly #address: string
  readonly #recorder: EventRecorder
  readonly #ingresses: Informer<Ingress>
  readonly #queue: WorkQueue

  constructor(
    host: ComponentHost,
    { className = 'nginx', address = '198.51.100.1' }: IngressControllerOptions,
  ) {
    this.#host = host
    this.#className = className
    this.#address = address
    this.#recorder = host.recorder({ component: 'nginx-ingress-controller' })
    this.#ingresses = host.informer('ingresses')
    this.#queue = reconcileQueue(host, [this.#ingresses], (key) =>
      key === '' ? this.#makeClass() : this.#sync(key),
    )
    this.#ingresses.onChange(({ type, object, old }) => {
      if (type === 'DELETED' || !this.#isMine(object)) return
      const isNew = old === undefined || !this.#isMine(old)
      if (isNew || !semanticEqual(old.spec, object.spec)) {
        this.#recorder.event(
          { object, apiVersion: 'networking.k8s.io/v1', kind: 'Ingress' },
          'Normal',
          'Sync',
          'Scheduled for sync',
        )
      }
      this.#queue.add(keyOf(object))
    })
    const made = host.state('class', () => ({ asked: false }))
    if (!made.value.asked) this.#queue.add('')
    made.value.asked = true
  }

  #isMine({ metadata: { annotations }, spec }: Ingress): boolean {
    return (spec.ingressClassName ?? annotations?.[LEGACY_CLASS]) === this.#className
  }

  #makeClass(): void {
    const ingressClass = {
      metadata: { name: this.#className },
      spec: { controller: 'k8s.io/ingress-nginx' },
    } as IngressClass
    try {
      this.#host.client.create('ingressclasses', ingressClass)
    } catch (error) {
      if (!isApiError(error, 'AlreadyExists') && !isApiError(error, 'NotFound')) throw error
    }
  }

  #sync(key: string): void {
    const ingress = this.#ingresses.get(key)
    if (ingress === undefined || !this.#isMine(ingress) || ingress.metadata.deletionTimestamp !== undefined)
      return
    const loadBalancer = { ingress: [{ ip: this.#address }] }
    if (semanticEqual(ingress.status?.loadBalancer ?? {}, loadBalancer)) return
    ignoreNotFound(() =>
      this.#host.client.updateStatus('ingresses', { ...ingress, status: { loadBalancer } }),
    )
  }
}
