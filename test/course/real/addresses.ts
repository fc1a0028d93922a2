/** The apiserver's address in the course, one where nobody listens, and etcd's. */
export const APISERVER = '10.0.0.10:6443'
const NOBODY = '10.0.0.10:6444'
const ETCD = '127.0.0.1:2379'

/** Where nobody listens on this machine: a port that no program is given. */
const CLOSED = '127.0.0.1:1'

/** What the course's addresses are on this machine: `ports` are those of the served apiserver and etcd. */
export class Addresses {
  readonly #pairs: readonly (readonly [course: string, here: string])[]

  constructor(ports: { readonly apiserver: number; readonly etcd: number | undefined }) {
    const { apiserver, etcd } = ports
    this.#pairs = [
      [APISERVER, `127.0.0.1:${apiserver}`],
      [NOBODY, CLOSED],
      ...(etcd === undefined ? [] : [[ETCD, `127.0.0.1:${etcd}`] as const]),
    ]
  }

  /** A text of the course with this machine's addresses. */
  here(text: string): string {
    return this.#pairs.reduce((said, [course, here]) => swapped(said, course, here), text)
  }

  /** A text of this machine with the course's addresses. */
  ofCourse(text: string): string {
    return this.#pairs.reduce((said, [course, here]) => swapped(said, here, course), text)
  }
}

/** Whole addresses only: `127.0.0.1:1` is no part of `127.0.0.1:12`. */
const swapped = (text: string, from: string, to: string): string =>
  text.replaceAll(new RegExp(`(?<![\\d.])${from.replaceAll('.', '\\.')}(?!\\d)`, 'g'), to)
