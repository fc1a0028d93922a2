import type { KubeObject } from '../../api/definition.js'
import type { Watch } from '../../apiserver/client/client.js'
import type { Call } from '../call.js'
import { resourceNameOf } from '../kinds.js'
import { KubectlError } from '../errors.js'
import { watchOn } from '../patience.js'
import { formatOf } from '../print/format.js'
import { printObject } from '../print/object.js'
import type { Row, TableOptions } from '../print/table.js'
import { TablePrinter } from '../print/table.js'
import type { Selection, Target } from '../resource-args.js'
import { explained, fetchTarget, listOptionsOf, typed } from '../resource-args.js'

/** A `get -w` under way: the text of what is there, then the text of what happens. */
export class GetWatch {
  readonly #call: Call
  readonly #target: Target
  readonly #printer: TablePrinter
  readonly #watch: Watch<KubeObject>
  readonly #initial: readonly KubeObject[]

  /** Throws ApiError when the server refuses, KubectlError when more than one kind is to be watched. */
  constructor(call: Call, { targets }: Selection) {
    const [target] = targets
    if (target === undefined || targets.length > 1) throw new KubectlError('you may only specify a single resource type')
    this.#call = call
    this.#target = target
    this.#printer = new TablePrinter(target.definition, formatOf(call) === 'wide')
    const { objects, resourceVersion } = fetchTarget(call.client, target)
    this.#initial = call.flags.bool('watch-only') ? [] : objects
    const named = target.name === undefined ? target : { ...target, fieldSelector: `metadata.name=${target.name}` }
    const resource = resourceNameOf(target.definition)
    this.#watch = explained(target, () => call.client.watch(resource, { ...listOptionsOf(named), resourceVersion }))
  }

  /** What is there now. */
  initialText(): string {
    return this.#text([this.#initial.map((object) => ({ object, event: 'ADDED' }))])
  }

  /** What has happened since the last call, '' if nothing has. */
  nextText(): string {
    const events = this.#watch.next().filter(({ type }) => type !== 'BOOKMARK')
    return this.#text(events.map(({ object, type }) => [{ object: typed(this.#target.definition, object), event: type }]))
  }

  onReady(listener: () => void): void {
    this.#watch.onReady(listener)
  }

  stop(): void {
    this.#watch.stop()
  }

  /** Rows of one batch are aligned together, each later batch at least as widely. */
  #text(batches: readonly (readonly Row[])[]): string {
    const { flags, env } = this.#call
    const format = formatOf(this.#call)
    if (batches.every((rows) => rows.length === 0)) return ''
    if (format !== '' && format !== 'wide') {
      return batches
        .flat()
        .map(({ object }) => printObject(this.#target.definition, object, format, flags.bool('show-managed-fields')))
        .join('')
    }
    const options: TableOptions = {
      wide: format === 'wide',
      withNamespace: flags.bool('all-namespaces'),
      withKind: flags.bool('show-kind'),
      noHeaders: flags.bool('no-headers'),
      showLabels: flags.bool('show-labels'),
      labelColumns: flags.strings('label-columns'),
      withEvent: flags.bool('output-watch-events'),
      now: env.clock.now(),
    }
    return batches.map((rows) => this.#printer.print(rows, options)).join('')
  }
}

/** `get -w`: what is there, then what happens. */
export function watchForAWhile(call: Call, selection: Selection): void {
  if (selection.targets.length > 1) throw new KubectlError('you may only specify a single resource type')
  watchOn(call, () => {
    const watch = new GetWatch(call, selection)
    call.out.write(watch.initialText())
    return watch
  })
}
