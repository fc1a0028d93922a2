import type { KindDefinition, KubeObject } from '../../api/kind/definition.js'
import type { Watch, WatchEvent } from '../../client/client.js'
import type { CommandLine } from '../call/call.js'
import { resourceNameOf } from '../args/kinds.js'
import { KubectlError } from '../call/errors.js'
import { printWatch } from '../call/interruption.js'
import { formatOf } from '../print/template.js'
import { asWritten, printObject } from '../print/object.js'
import type { Row, TableOptions } from '../print/table.js'
import { TablePrinter } from '../print/table.js'
import type { SelectedTargets, ObjectTarget } from '../args/resource-args.js'
import { explained, fetchTarget, listOptionsOf, typed } from '../args/resource-args.js'

/** A running `get -w`: first the text of the existing objects, then the text of changes. */
export class GetWatch {
  readonly #call: CommandLine
  readonly #target: ObjectTarget
  readonly #source: Source
  #printer: TablePrinter | undefined
  #watch: Watch<KubeObject> | undefined

  /** Throws KubectlError if more than one kind is watched. */
  constructor(call: CommandLine, { targets }: SelectedTargets) {
    const [target] = targets
    if (target === undefined || targets.length > 1)
      throw new KubectlError('you may only specify a single resource type')
    this.#call = call
    this.#target = target
    this.#source = objectSource(call, target)
  }

  /** Text of the existing objects. Throws ApiError if the server refuses. */
  initialText(): string {
    const objects = this.#source.fetch()
    return this.#call.flags.bool('watch-only')
      ? ''
      : this.#text([objects.map((object) => ({ object, event: 'ADDED' }))])
  }

  /** Starts watching, after {@link initialText}. Throws ApiError if the server refuses. */
  start(): void {
    this.#watch = this.#source.watch()
  }

  /** Text of the changes since the last call; '' if there are none. */
  nextText(): string {
    const events = this.#started.next().filter(({ type }) => type !== 'BOOKMARK')
    return this.#text(
      events.map((event) => this.#source.objectsOf(event).map((object) => ({ object, event: event.type }))),
    )
  }

  onReady(listener: () => void): void {
    this.#started.onReady(listener)
  }

  stop(): void {
    this.#watch?.stop()
  }

  get #started(): Watch<KubeObject> {
    if (this.#watch === undefined) throw new Error('assertion failed: the watch has not been started')
    return this.#watch
  }

  /** Created lazily, since the columns are known only after a fetch. */
  get #tablePrinter(): TablePrinter {
    return (this.#printer ??= new TablePrinter(this.#source.definition(), formatOf(this.#call) === 'wide'))
  }

  /** Rows of a batch are aligned together; each later batch is at least as wide. */
  #text(batches: readonly (readonly Row[])[]): string {
    const { flags, env } = this.#call
    const format = formatOf(this.#call)
    if (batches.every((rows) => rows.length === 0)) return ''
    if (format !== '' && format !== 'wide') {
      return batches
        .flat()
        .map(({ object }) => {
          const { definition } = this.#target
          const written = asWritten(this.#call, definition, object)
          return printObject(definition, written, format, flags.bool('show-managed-fields'))
        })
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
    return batches.map((rows) => this.#tablePrinter.print(rows, options)).join('')
  }
}

/** Source of a watch's objects. */
interface Source {
  readonly definition: () => KindDefinition
  readonly fetch: () => readonly KubeObject[]
  readonly watch: () => Watch<KubeObject>
  readonly objectsOf: (event: WatchEvent<KubeObject>) => readonly KubeObject[]
}

function objectSource(call: CommandLine, target: ObjectTarget): Source {
  const { definition } = target
  let resourceVersion = ''
  const named =
    target.name === undefined ? target : { ...target, fieldSelector: `metadata.name=${target.name}` }
  return {
    definition: () => definition,
    fetch: () => {
      const fetched = fetchTarget(call.client, target)
      resourceVersion = fetched.resourceVersion
      return fetched.objects
    },
    watch: () =>
      explained(target, () =>
        call.client.watch(resourceNameOf(definition), { ...listOptionsOf(named), resourceVersion }),
      ),
    objectsOf: ({ object }) => [typed(definition, object)],
  }
}

/** `get -w`: prints existing objects, then changes. */
export function watchForAWhile(call: CommandLine, selection: SelectedTargets): void {
  if (selection.targets.length > 1) throw new KubectlError('you may only specify a single resource type')
  printWatch(call, () => {
    const watch = new GetWatch(call, selection)
    call.out.write(watch.initialText())
    watch.start()
    return watch
  })
}
