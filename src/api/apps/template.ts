import type { Draft } from '../kind/draft.js'
import { semanticEqual } from '../kind/equal.js'
import { invalid, notSupported, required, type FieldError } from '../field-error.js'
import type { IntOrString } from '../../lang/json/json.js'
import { selectorMatches, formatSelector, type Labels } from '../selectors/labels.js'
import { wideColumn } from '../kind/define.js'
import type { KubeObject, PrinterColumn } from '../kind/definition.js'
import { validateLabelSelector, isUsableSelector } from '../meta/label-validation.js'
import type { LabelSelector, ObjectMeta } from '../meta/generated.js'
import { wasSentEmpty } from '../schema/sent-empty.js'
import type { PodTemplateSpec, PodSpec } from '../core/generated.js'
import type { PodTemplateSpecInput } from '../core/inputs.js'
import { setPodSpecDefaults } from '../core/pods/pod-defaults.js'
import { validatePodTemplate } from '../core/pods/template-validation.js'
import { byKey } from '../../lang/text/order.js'

/** Sets the defaults of a workload's pod template. */
export function setTemplateDefaults(template: Draft<PodTemplateSpecInput> | undefined): void {
  if (template?.spec !== undefined) setPodSpecDefaults(template.spec as Draft<PodSpec>)
}

interface Selecting {
  readonly selector?: LabelSelector
  readonly template: PodTemplateSpec
}

/**
 * Validates the selector and the template of a workload. `missing` says whether an absent selector is
 * `Required value` (not for DaemonSets); `emptyText` is the text for an empty one. Source:
 * pkg/apis/apps/validation ValidateReplicaSetSpec and similar.
 */
export function validateSelectorAndTemplate(
  { selector, template }: Selecting,
  emptyText: string,
  missing: boolean,
  errors: FieldError[],
): void {
  if (selector === undefined) {
    if (missing) errors.push(required('spec.selector'))
  } else {
    errors.push(...validateLabelSelector(selector, 'spec.selector'))
    if (isEmptySelector(selector)) errors.push(invalid('spec.selector', selector, emptyText))
  }
  const usable = selector === undefined || isUsableSelector(selector)
  if (!usable) {
    if (missing) errors.push(invalid('spec.selector', selectorAsGo(selector), 'invalid label selector'))
    else validatePodTemplate(template, 'spec.template', errors)
    return
  }
  validateTemplate(selector, template, errors)
}

/** Validates the template: its labels must match the selector. */
export function validateTemplate(
  selector: LabelSelector | undefined,
  template: PodTemplateSpec,
  errors: FieldError[],
): void {
  validateTemplateLabels(selector, template, errors)
  validatePodTemplate(template, 'spec.template', errors)
}

/**
 * The selector must match the labels of the template. An empty one, which is refused elsewhere, matches
 * everything.
 */
export function validateTemplateLabels(
  selector: LabelSelector | undefined,
  template: PodTemplateSpec,
  errors: FieldError[],
): void {
  const labels = template.metadata?.labels
  const isEmpty = selector !== undefined && isEmptySelector(selector)
  if (selector === undefined || (!isEmpty && !selectorMatches(selector, labels))) {
    errors.push(
      invalid(
        'spec.template.metadata.labels',
        sentMap(template.metadata, 'labels'),
        '`selector` does not match template `labels`',
      ),
    )
  }
}

/** Workloads that keep their pods running allow only the restart policy Always. */
export function validateAlwaysRestarts(template: PodTemplateSpec, errors: FieldError[]): void {
  const policy = template.spec?.restartPolicy
  if (policy !== 'Always')
    errors.push(notSupported('spec.template.spec.restartPolicy', policy ?? '', ['Always']))
}

/** Whether a selector is empty, so that it matches everything. */
export const isEmptySelector = ({ matchLabels, matchExpressions }: LabelSelector): boolean =>
  Object.keys(matchLabels ?? {}).length + (matchExpressions ?? []).length === 0

/** Returns a map sorted by key, as Go prints it. */
export function mapAsGo(map: Labels): Labels
export function mapAsGo(map: Labels | undefined): Labels | undefined
export function mapAsGo(map: Labels | undefined): Labels | undefined {
  return map === undefined ? undefined : Object.fromEntries(Object.entries(map).sort(byKey))
}

/** Returns a map of labels or annotations as Go prints it: an empty one only if the client sent it. */
export function sentMap(metadata: ObjectMeta | undefined, field: 'labels' | 'annotations'): Labels | null {
  const map = metadata?.[field]
  if (map !== undefined) return mapAsGo(map)
  return metadata !== undefined && wasSentEmpty(metadata, field) ? {} : null
}

/** Returns the selector with its fields in Go's order. */
export const selectorAsGo = ({ matchLabels, matchExpressions }: LabelSelector): LabelSelector => ({
  ...(matchLabels === undefined ? {} : { matchLabels: mapAsGo(matchLabels) }),
  ...(matchExpressions === undefined
    ? {}
    : {
        matchExpressions: matchExpressions.map(({ key, operator, values }) =>
          values === undefined ? { key, operator } : { key, operator, values },
        ),
      }),
})

const percentText =
  "a valid percent string must be a numeric string followed by an ending '%' (e.g. '1%',  or '93%', " +
  "regex used for validation is '[0-9]+%')"

/** Validates a count or percentage, which must not be negative. Source: ValidatePositiveIntOrPercent. */
export function validateIntOrPercent(
  value: IntOrString | undefined,
  path: string,
  errors: FieldError[],
): void {
  if (value === undefined) return
  if (typeof value === 'number') validateNonNegative(value, path, errors)
  else if (!/^[0-9]+%$/.test(value)) errors.push(invalid(path, value, percentText))
}

/** Validates that a percentage is at most 100. Source: IsNotMoreThan100Percent. */
export function validateAtMostAll(value: IntOrString | undefined, path: string, errors: FieldError[]): void {
  if (typeof value === 'string' && /^[0-9]+%$/.test(value) && Number.parseInt(value, 10) > 100) {
    errors.push(invalid(path, value, 'must not be greater than 100%'))
  }
}

/** `must be greater than or equal to 0` */
export function validateNonNegative(value: number | undefined, path: string, errors: FieldError[]): void {
  if ((value ?? 0) < 0) errors.push(invalid(path, value, 'must be greater than or equal to 0'))
}

/**
 * Whether the value is zero: a number, a percentage, or what is neither of them. Source:
 * getIntOrPercentValue.
 */
export function isZero(value: IntOrString = 0): boolean {
  if (typeof value === 'number') return value === 0
  const digits = /^([0-9]+)%$/.exec(value)?.[1] ?? /^[+-]?[0-9]+$/.exec(value)?.[0] ?? '0'
  return Number(digits) === 0
}

interface Workload extends KubeObject {
  readonly spec: { readonly template: PodTemplateSpec; readonly selector?: LabelSelector }
}

const containersOf = ({ spec }: Workload): readonly { readonly name: string; readonly image?: string }[] =>
  spec.template.spec?.containers ?? []

/** The wide columns of a workload: CONTAINERS, IMAGES, SELECTOR. */
export function templateColumns<T extends Workload>(
  selectorCell: (selector: LabelSelector | undefined) => string = formatSelector,
): readonly PrinterColumn<T>[] {
  return [
    wideColumn('Containers', (workload) =>
      containersOf(workload)
        .map(({ name }) => name)
        .join(','),
    ),
    wideColumn('Images', (workload) =>
      containersOf(workload)
        .map(({ image = '' }) => image)
        .join(','),
    ),
    wideColumn('Selector', ({ spec }) => selectorCell(spec.selector)),
  ]
}

/**
 * Validates an update of a workload: as on create, and the selector must not change. A spec that is the same
 * object is not validated again.
 */
export function validateWorkloadUpdate<T extends { readonly spec: { readonly selector?: LabelSelector } }>(
  next: T,
  old: T,
  validate: (object: T) => readonly FieldError[],
): readonly FieldError[] {
  if (next.spec === old.spec) return []
  const errors = [...validate(next)]
  if (!semanticEqual(next.spec.selector, old.spec.selector)) {
    const { selector } = next.spec
    errors.push(
      invalid('spec.selector', selector === undefined ? null : selectorAsGo(selector), 'field is immutable'),
    )
  }
  return errors
}
