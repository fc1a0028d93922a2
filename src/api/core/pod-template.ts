import { column, defineKind, nameColumn } from '../kind/define.js'
import type { KindDefinition } from '../kind/definition.js'
import { semanticEqual } from '../kind/equal.js'
import { fieldErrors, type FieldError } from '../field-error.js'
import { formatLabels } from '../selectors/labels.js'
import type { PodTemplate } from './generated.js'
import { setPodSpecDefaults } from './pods/pod-defaults.js'
import { podTemplateWarnings } from './pods/pod-warnings.js'
import { validatePodTemplate } from './pods/template-validation.js'

function validate({ template }: PodTemplate): readonly FieldError[] {
  const errors = fieldErrors()
  validatePodTemplate(template, 'template', errors)
  return errors
}

/** v1 PodTemplate. */
export const podTemplateDefinition: KindDefinition<PodTemplate> = defineKind<PodTemplate>({
  group: '',
  version: 'v1',
  kind: 'PodTemplate',
  resource: 'podtemplates',
  namespaced: true,
  storagePrefix: '/registry/podtemplates',
  setDefaults: ({ template }) => {
    if (!Object.isFrozen(template) && template.spec !== undefined) setPodSpecDefaults(template.spec)
  },
  validate,
  strategy: {
    generationChanged: (next, old) => !semanticEqual(next.template, old.template),
    warnings: ({ template }, old) =>
      template.spec === undefined || template === old?.template
        ? []
        : podTemplateWarnings(template, 'template'),
  },
  columns: [
    nameColumn(),
    column('Containers', ({ template }) =>
      (template.spec?.containers ?? []).map(({ name }) => name).join(','),
    ),
    column('Images', ({ template }) =>
      (template.spec?.containers ?? []).map(({ image = '' }) => image).join(','),
    ),
    column('Pod Labels', ({ template }) => formatLabels(template.metadata?.labels)),
  ],
})
