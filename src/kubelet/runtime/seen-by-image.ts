import type { ImageContext } from '../images/image.js'
import type { ContainerView } from './container-view.js'
import { containerSpec, environmentOf } from './container-view.js'
import { startPlan } from './start-plan.js'

/** What a handler of an image sees; environment and command are put together when they are asked for. */
export class SeenByImage implements ImageContext {
  readonly now: number
  readonly startedAt: number
  readonly namespace: string
  readonly pod: string
  readonly container: string
  readonly node: string
  readonly podIP: string
  readonly readFile: (path: string) => string | undefined
  readonly #view: ContainerView

  constructor(view: ContainerView, node: string, readFile: (path: string) => string | undefined) {
    const { now, sandbox, container } = view
    this.now = now
    this.startedAt = container.startedAt ?? now
    this.namespace = sandbox.namespace
    this.pod = sandbox.name
    this.container = container.name
    this.node = node
    this.podIP = sandbox.ip ?? ''
    this.readFile = readFile
    this.#view = view
  }

  get env(): Readonly<Record<string, string>> {
    return environmentOf(this.#view)
  }

  get command(): readonly string[] {
    const { sandbox, container, image } = this.#view
    const plan = startPlan(containerSpec(sandbox.pod, container.name), { ...image, closed: false }, this.env)
    return plan.kind === 'error' ? [] : plan.words
  }
}
