/** Generated suffixes, by the alphabet of k8s.io/apimachinery's rand, or as recordings number them. */
const GENERATED = /-(?:<r(?:\d+|and)>|[bcdfghjklmnpqrstvwxz2456789]{5})(?![a-z0-9-])/g

/**
 * `d-74d568d489-<r2>` and `d-74d568d489-x2x4z` are both `d-74d568d489-<r>`. Names that the recorder gave
 * itself are kept.
 */
export class Names {
  readonly #sent: string

  /** `sent`: all that the recorder sent, as JSON. */
  constructor(sent: string) {
    this.#sent = sent
  }

  text(text: string): string {
    return text.replace(GENERATED, (suffix) =>
      this.#sent.includes(`${suffix}"`) && !suffix.startsWith('-<') ? suffix : '-<r>',
    )
  }
}
