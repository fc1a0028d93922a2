import type { ObjectMeta } from '../meta/generated.js'
import type { ObjectMetaInput } from '../meta/inputs.js'

/** Metadata of an object that belongs to no namespace. */
export type ClusterObjectMeta = ObjectMeta & { readonly namespace?: undefined }

/** A {@link ClusterObjectMeta} as clients send it. */
export type ClusterObjectMetaInput = ObjectMetaInput & { readonly namespace?: undefined }
