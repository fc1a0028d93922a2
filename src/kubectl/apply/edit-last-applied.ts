import type { KubeObject } from '../../api/kind/definition.js'
import type { CommandLine } from '../call/call.js'
import { dryRunOf } from '../call/dry-run.js'
import { editAll } from '../commands/edit.js'
import { KubectlError, usageError } from '../call/errors.js'
import { LAST_APPLIED, lastAppliedOf, withoutLastApplied } from './last-applied.js'
import { readManifests } from '../call/manifests.js'
import { patchTo } from '../objects/patching.js'
import { printDone } from '../print/object.js'
import { goJson, printJson } from '../print/json.js'
import { printYaml } from '../../lang/yaml/print.js'
import { fetchTarget, infoOf, keyOf } from '../args/resource-args.js'
import { NOTHING_GIVEN, selected } from '../args/selected.js'
import { throwCollected } from '../call/errors.js'

/** `kubectl apply view-last-applied`. Source: kubectl pkg/cmd/apply/apply_view_last_applied.go. */
export function viewLastApplied(call: CommandLine): void {
  const format = call.flags.string('output')
  if (format !== 'yaml' && format !== 'json') {
    throw usageError(
      'apply view-last-applied',
      `Unexpected -o output mode: ${format}, the flag 'output' must be one of yaml|json`,
    )
  }
  const { flags, args } = call
  if (flags.bool('all') && args.length > 0)
    throw new KubectlError("setting 'all' parameter but found a non empty selector.")
  const { infos, errors } = selected(call, args, { allowEmptySelector: true })
  throwCollected(errors)
  for (const { object } of infos) {
    const applied = lastAppliedOf(object)
    if (applied !== undefined) call.out.write(format === 'yaml' ? printYaml(applied) : printJson(applied))
  }
}

/** `kubectl apply set-last-applied -f`. Source: kubectl pkg/cmd/apply/apply_set_last_applied.go. */
export function setLastApplied(call: CommandLine): void {
  const { flags, client, out } = call
  if (!flags.has('filename')) throw new KubectlError(NOTHING_GIVEN)
  const dryRun = dryRunOf(call)
  const { infos, errors } = readManifests(call)
  throwCollected(errors)
  const changes = infos.flatMap((info) => {
    const [object] = fetchTarget(client, { definition: info.definition, ...keyOf(info), name: info.name })
      .objects as readonly [KubeObject]
    const before = object.metadata.annotations?.[LAST_APPLIED]
    if (before === undefined && !flags.bool('create-annotation')) {
      throw new KubectlError(
        `no last-applied-configuration annotation found on resource: ${info.name}, to create the ` +
          'annotation, run the command with --create-annotation',
      )
    }
    const text = `${goJson(withoutEmptyAnnotations(withoutLastApplied(info.object)))}\n`
    if (before !== text) return [{ live: infoOf(info.definition, object), text }]
    out.line(`set-last-applied ${info.name}: no changes required.`)
    return []
  })
  for (const { live, text } of changes) {
    const wanted = annotated(live.object, text)
    printDone(
      call,
      live.definition,
      patchTo(call, live, wanted, { dryRun, fieldManager: 'kubectl-client-side-apply' }) ?? wanted,
      'configured',
      dryRun,
    )
  }
}

/** `kubectl apply edit-last-applied`. Source: kubectl pkg/cmd/apply/apply_edit_last_applied.go. */
export function editLastApplied(call: CommandLine): void {
  const { infos, errors } = selected(call, call.args, { allowEmptySelector: true })
  editAll(call, infos, errors, {
    shown: ({ object, name }) => {
      const applied = lastAppliedOf(object)
      if (applied === undefined)
        throw new KubectlError(`no last-applied-configuration annotation found on resource: ${name}`)
      return applied
    },
    wanted: ({ object }, edited) =>
      annotated(object, `${goJson(withoutEmptyAnnotations(edited as KubeObject))}\n`),
  })
}

function annotated(object: KubeObject, text: string): KubeObject {
  return {
    ...object,
    metadata: { ...object.metadata, annotations: { ...object.metadata.annotations, [LAST_APPLIED]: text } },
  }
}

/** client-go omits empty annotations. */
function withoutEmptyAnnotations(object: KubeObject): KubeObject {
  const { annotations = {}, ...metadata } = object.metadata
  return Object.keys(annotations).length > 0 ? object : { ...object, metadata }
}
