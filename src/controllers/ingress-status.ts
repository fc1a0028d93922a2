import { semanticEqual } from '../api/kind/equal.js'
import type { Ingress, IngressClass } from '../api/networking/generated.js'
import { ignoreNotFound, isApiError } from '../client/api-error.js'
import type { Component, ComponentHost } from '../client/component.js'
import type { EventRecorder } from '../client/recorders/event-recorder.js'
import type { Change, Informer } from '../client/informers/informer.js'
import { keyOf } from '../client/informers/object-index.js'
import type { Controller, ControllerContext, Handlers } from './shared/define-controller.js'
import { builtInController } from './shared/define-controller.js'

const LEGACY_CLASS = 'kubernetes.io/ingress.class'

/** Options of the simulated ingress controller, which behaves towards the API as ingress-nginx does. */
export interface IngressControllerOptions {
  /** Name of its IngressClass, which is created if it does not exist. Default `nginx`. */
  readonly className?: string
  /** Address that it publishes. Default 198.51.100.1. */
  readonly address?: string
}

type IngressInformers = { readonly ingresses: 'ingresses' }

/** Key of the queue that stands for the IngressClass; keys of Ingresses are never empty. */
const CLASS_KEY = ''

/**
 * Creates a controller that writes the address of an ingress controller into the status of the Ingresses of
 * its class, and records a `Sync` event for each that is new or changed. It forwards no traffic. Source:
 * ingress-nginx internal/ingress/status, internal/ingress/controller/store.
 */
export function createIngressStatusController(options: IngressControllerOptions = {}): Component {
  return builtInController<IngressInformers>({
    name: 'ingress-nginx-controller',
    identity: {
      name: 'system:serviceaccount:ingress-nginx:ingress-nginx',
      groups: ['system:serviceaccounts', 'system:masters', 'system:authenticated'],
    },
    informers: { ingresses: { resource: 'ingresses' } },
    setup: (context) => new IngressStatusController(context, options),
  })
}

class IngressStatusController implements Controller<IngressInformers> {
  readonly on: Handlers<IngressInformers> = { ingresses: (change) => this.#ingressChanged(change) }
  readonly #host: ComponentHost
  readonly #className: string
  readonly #address: string
  readonly #recorder: EventRecorder
  readonly #ingresses: Informer<Ingress>

  constructor(
    { host, informers: { ingresses }, queue }: ControllerContext<IngressInformers>,
    { className = 'nginx', address = '198.51.100.1' }: IngressControllerOptions,
  ) {
    this.#host = host
    this.#className = className
    this.#address = address
    this.#recorder = host.recorder({ component: 'nginx-ingress-controller' })
    this.#ingresses = ingresses
    // the class is created once, so that a user can delete it
    const created = host.state('class', () => ({ asked: false }))
    if (!created.value.asked) queue.add(CLASS_KEY)
    created.value.asked = true
  }

  #ingressChanged({ type, object, old }: Change<Ingress>): readonly string[] {
    if (type === 'DELETED' || !this.#isOfClass(object)) return []
    const isNew = old === undefined || !this.#isOfClass(old)
    if (isNew || !semanticEqual(old.spec, object.spec)) {
      const target = { object, apiVersion: 'networking.k8s.io/v1', kind: 'Ingress' }
      this.#recorder.event(target, 'Normal', 'Sync', 'Scheduled for sync')
    }
    return [keyOf(object)]
  }

  #isOfClass({ metadata: { annotations }, spec }: Ingress): boolean {
    return (spec.ingressClassName ?? annotations?.[LEGACY_CLASS]) === this.#className
  }

  reconcile(key: string): void {
    if (key === CLASS_KEY) this.#createClass()
    else this.#sync(key)
  }

  #createClass(): void {
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
    if (ingress === undefined || !this.#isOfClass(ingress)) return
    if (ingress.metadata.deletionTimestamp !== undefined) return
    const loadBalancer = { ingress: [{ ip: this.#address }] }
    if (semanticEqual(ingress.status?.loadBalancer ?? {}, loadBalancer)) return
    ignoreNotFound(() =>
      this.#host.client.updateStatus('ingresses', { ...ingress, status: { loadBalancer } }),
    )
  }
}
