import type { ClusterView } from '../../../src/view/index.js'

const SVG = 'http://www.w3.org/2000/svg'
/** How far from the left edge of a Service its arrows begin, in pixels. */
const EDGE = 6
/** Connections that are drawn without being asked for. */
const FEW = 12

/** Arrows from Services to the pods behind them, over the grid. Who cannot see them reads the count. */
export class Arrows {
  readonly element: SVGSVGElement = document.createElementNS(SVG, 'svg')
  /** uids of the Services whose arrows the learner has turned on or off. */
  readonly #chosen = new Map<string, boolean>()
  readonly #home: HTMLElement

  constructor(home: HTMLElement) {
    this.#home = home
    this.element.setAttribute('class', 'arrows')
    this.element.setAttribute('aria-hidden', 'true')
  }

  isShown(service: string, { edges }: ClusterView): boolean {
    return this.#chosen.get(service) ?? edges.filter(({ kind }) => kind === 'endpoint').length <= FEW
  }

  toggle(service: string, view: ClusterView): void {
    this.#chosen.set(service, !this.isShown(service, view))
  }

  /** Draws all arrows anew, between elements as they lie now. */
  draw(
    view: ClusterView,
    services: ReadonlyMap<string, HTMLElement>,
    pods: ReadonlyMap<string, HTMLElement>,
  ): void {
    const { left, top } = this.#home.getBoundingClientRect()
    this.element.style.width = `${this.#home.scrollWidth}px`
    this.element.style.height = `${this.#home.scrollHeight}px`
    const paths = view.edges.flatMap(({ kind, from, to, why }) => {
      const [service, pod] = [services.get(from), pods.get(to)]
      if (kind !== 'endpoint' || service === undefined || pod === undefined) return []
      if (!this.isShown(from, view)) return []
      const [a, b] = [service.getBoundingClientRect(), pod.getBoundingClientRect()]
      if (a.width === 0 || b.width === 0) return []
      // below the Services, then down beside the node, where no text is
      const [x, y] = [a.left - left + EDGE, a.bottom - top]
      const lane = (service.closest('.services')?.getBoundingClientRect().bottom ?? a.bottom) - top + EDGE
      const side = (pod.closest('.node')?.getBoundingClientRect().left ?? b.left) - left - EDGE
      const [endX, endY] = [b.left - left - 1, b.top - top + b.height / 2]
      const path = document.createElementNS(SVG, 'path')
      const way = `M${x} ${y}V${lane}H${side}V${endY}H${endX}`
      path.setAttribute('d', `${way}m-5 -3.5l5 3.5l-5 3.5`)
      path.setAttribute('class', why === 'ready' ? 'ready' : 'unready')
      return [path]
    })
    this.element.replaceChildren(...paths)
  }
}
