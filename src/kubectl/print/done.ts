import type { KindDefinition, KubeObject } from '../../api/definition.js'
import type { Call } from '../call.js'
import { kindName } from '../kinds.js'
import type { DryRun } from '../dry-run.js'
import { dryRunSuffix } from '../dry-run.js'
import { printObject } from './object.js'

/** `pod/x created (dry run)` */
export function doneLine(
  definition: KindDefinition,
  name: string,
  operation: string,
  dryRun: DryRun = 'none',
): string {
  return `${kindName(definition)}/${name} ${operation}${dryRunSuffix(dryRun)}`
}

/** Prints what was done to an object, or the object itself if `-o` asks for it. */
export function printDone(
  call: Call,
  definition: KindDefinition,
  object: KubeObject,
  operation: string,
  dryRun: DryRun,
): void {
  const format = call.flags.string('output')
  if (format === '') call.out.line(doneLine(definition, object.metadata.name ?? '', operation, dryRun))
  else
    call.out.document(format, printObject(definition, object, format, call.flags.bool('show-managed-fields')))
}
