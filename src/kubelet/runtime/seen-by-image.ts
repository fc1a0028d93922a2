import type { ImageContext } from '../images/image.js'
import type { ContainerScope } from './container-scope.js'
import type { ContainerView } from './container-view.js'
import { containerSpec, environmentOf } from './container-view.js'
import { startPlan } from './start-plan.js'
import type { RuntimeContainer, RuntimePod } from './state.js'

/** What a handler of an image sees; environment and command are put together when they are asked for. */
export class SeenByImage implements ImageContext {
  readonly now: number
  readonly startedAt: number
  readonly namespace: string
  readonly pod: string
  readonly container: string
  readonly node: string
  readonly podIP: string
  readonly #view: ContainerView
  readonly #scope: ContainerScope

  constructor(scope: ContainerScope, pod: RuntimePod, container: RuntimeContainer) {
    this.now = scope.ports.now()
    this.startedAt = container.startedAt ?? this.now
    this.namespace = pod.namespace
    this.pod = pod.name
    this.container = container.name
    this.node = scope.ports.node
    this.podIP = pod.ip ?? ''
    this.#view = scope.view(pod, container)
    this.#scope = scope
  }

  get env(): Readonly<Record<string, string>> {
    return environmentOf(this.#view)
  }

  get command(): readonly string[] {
    return wordsOf(this.#view)
  }

  readFile(path: string): string | undefined {
    return this.#scope.readFile(this.#view.sandbox, this.#view.container, path)
  }
}

function wordsOf(view: ContainerView): readonly string[] {
  const plan = startPlan(containerSpec(view.sandbox.pod, view.container.name), { ...view.image, closed: false }, environmentOf(view))
  return plan.kind === 'error' ? [] : plan.words
}
