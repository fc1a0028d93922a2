import { ageColumn, nameColumn } from '../../api/define.js'
import type { KubeObject, PrinterColumn } from '../../api/definition.js'

/** The columns of objects that the server was not asked to print (`--server-print=false`). */
export const plainColumns: readonly PrinterColumn<KubeObject>[] = [nameColumn(), ageColumn()]

type Scale = KubeObject & {
  readonly spec?: { readonly replicas?: number }
  readonly status?: { readonly replicas?: number }
}

/** The columns of an autoscaling/v1 Scale. */
export const scaleColumns: readonly PrinterColumn<KubeObject>[] = [
  nameColumn(),
  { name: 'Desired', type: 'integer', cell: ({ spec }: Partial<Scale>) => spec?.replicas ?? 0 },
  { name: 'Available', type: 'integer', cell: ({ status }: Partial<Scale>) => status?.replicas ?? 0 },
  ageColumn(),
]
