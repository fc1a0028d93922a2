/** Where a fault is: lines and columns from 0. */
export interface YamlPosition {
  readonly line: number
  readonly column: number
}

/**
 * A text that is not valid YAML. The message is go-yaml's: `yaml: line 2: did not find expected key`. Its
 * lines are those that go-yaml prints, which for faults of structure are one too small.
 */
export class YamlError extends Error {
  override readonly name = 'YamlError'
  /** What is wrong, without a line. */
  readonly problem: string
  /** Where it is; undefined for what is wrong with the values of a document. */
  readonly place: YamlPosition | undefined

  constructor(problem: string, line = 0, place?: YamlPosition) {
    super(`yaml: ${line === 0 ? '' : `line ${line}: `}${problem}`)
    this.problem = problem
    this.place = place
  }
}

/** A value of YAML that JSON does not have. The message is that of sigs.k8s.io/yaml or encoding/json. */
export class YamlValueError extends YamlError {
  constructor(problem: string) {
    super(problem)
    this.message = problem
  }
}
