import { ageColumn, borrow, column, defineKind, emptyMessage, nameColumn, statusOf } from '../kind/define.js'
import type { KindDefinition } from '../kind/definition.js'
import { semanticEqual } from '../kind/equal.js'
import { forbidden, invalid, required, type FieldError } from '../field-error.js'
import { internalForm } from '../kind/internal-form.js'
import { dnsSubdomainFaults } from '../validation/names.js'
import { validateInlineVolume } from '../core/validation/persistent-volume.js'
import { validateDriverName } from '../core/validation/volume-sources.js'
import { setVolumeSourceDefaults } from '../core/volumes/volume-source-defaults.js'
import { storageSchema, type VolumeAttachment, type VolumeAttachmentSource } from './generated.js'

const oneOfText = 'must specify exactly one of inlineVolumeSpec and persistentVolumeName'

/** Source: pkg/apis/storage/validation ValidateVolumeAttachment. */
function validateWhole({ spec: { attacher, source, nodeName } }: VolumeAttachment): readonly FieldError[] {
  return [
    ...(attacher === '' ? [required('spec.attacher')] : []),
    ...validateSource(source, 'spec.source'),
    ...dnsSubdomainFaults(nodeName).map((fault) => invalid('spec.nodeName', nodeName, fault)),
  ]
}

/** Validates a new object, more tightly. Source: ValidateVolumeAttachmentV1. */
function validate(attachment: VolumeAttachment): readonly FieldError[] {
  const { attacher, source } = attachment.spec
  const { persistentVolumeName: volume } = source
  return [
    ...validateWhole(attachment),
    ...validateDriverName(attacher, 'spec.attacher'),
    ...(volume === undefined ? [] : dnsSubdomainFaults(volume)).map((fault) =>
      invalid('spec.source.persistentVolumeName', volume, fault),
    ),
  ]
}

function validateSource(
  { inlineVolumeSpec, persistentVolumeName }: VolumeAttachmentSource,
  path: string,
): readonly FieldError[] {
  if (inlineVolumeSpec === undefined && persistentVolumeName === undefined) return [required(path, oneOfText)]
  if (inlineVolumeSpec !== undefined && persistentVolumeName !== undefined)
    return [forbidden(path, oneOfText)]
  if (inlineVolumeSpec !== undefined)
    return validateInlineVolume(inlineVolumeSpec, `${path}.inlineVolumeSpec`)
  return persistentVolumeName === ''
    ? [required(`${path}.persistentVolumeName`, 'must specify non empty persistentVolumeName')]
    : []
}

/** Source: ValidateVolumeAttachmentUpdate: volume and node must not change. */
function validateUpdate(next: VolumeAttachment, old: VolumeAttachment): readonly FieldError[] {
  if (semanticEqual(next.spec, old.spec)) return validateWhole(next)
  const shown = internalForm('storage.v1.VolumeAttachmentSpec', next.spec)
  return [...validateWhole(next), invalid('spec', shown, 'field is immutable')]
}

/** storage.k8s.io/v1 VolumeAttachment. */
export const volumeAttachmentDefinition: KindDefinition<VolumeAttachment> = defineKind<VolumeAttachment>({
  group: 'storage.k8s.io',
  version: 'v1',
  kind: 'VolumeAttachment',
  resource: 'volumeattachments',
  namespaced: false,
  storagePrefix: '/registry/volumeattachments',
  subresources: [statusOf('storage.k8s.io', 'v1', 'VolumeAttachment')],
  setDefaults: ({ spec }) => {
    const { inlineVolumeSpec } = spec.source
    if (inlineVolumeSpec !== undefined && !Object.isFrozen(inlineVolumeSpec))
      setVolumeSourceDefaults(inlineVolumeSpec)
  },
  validate,
  validateWhole,
  validateUpdate,
  strategy: {
    metaOnUpdate: [2, 0],
    resetFields: { status: [['metadata'], ['spec']] },
    allowUnconditionalUpdate: false,
    prepareForCreate: (attachment) => {
      attachment.status = emptyMessage(storageSchema, 'VolumeAttachmentStatus')
    },
    prepareForUpdate: (attachment, old) => {
      attachment.status = borrow(old.status)
    },
    prepareForStatusUpdate: (attachment, old) => {
      attachment.spec = borrow(old.spec)
      const metadata: Record<string, unknown> = { ...attachment.metadata }
      for (const field of ['labels', 'annotations', 'finalizers', 'ownerReferences'] as const) {
        if (old.metadata[field] === undefined) delete metadata[field]
        else metadata[field] = old.metadata[field]
      }
      attachment.metadata = metadata as typeof attachment.metadata
    },
  },
  columns: [
    nameColumn(),
    { ...column('Attacher', ({ spec }) => spec.attacher), format: 'name' },
    column('PV', ({ spec }) => spec.source.persistentVolumeName ?? ''),
    column('Node', ({ spec }) => spec.nodeName),
    column('Attached', ({ status }) => status.attached, 'boolean'),
    ageColumn(),
  ],
})
