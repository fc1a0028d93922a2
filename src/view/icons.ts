/** Kinds that have an icon. */
const PATHS = {
  Pod: 'M6 1l5 2.5v5L6 11 1 8.5v-5zM1 3.5L6 6l5-2.5M6 6v5',
  Node: 'M1 1.5h10v4H1zM1 6.5h10v4H1zM3 3.5h1M3 8.5h1',
  Service: 'M6 1v3M6 4L2 8M6 4l4 4M6 4v4M1 8h2v3H1zM5 8h2v3H5zM9 8h2v3H9z',
  Deployment: 'M10.5 6a4.5 4.5 0 1 1-1.5-3.4M9 .5v2.5H6.5',
  ReplicaSet: 'M3.5 1H11v7.5H3.5zM1 3.5V11h7.5',
  Secret: 'M6.4 5H11v2H9.5v1.5H8V7H6.4A2.5 2.5 0 1 1 6.4 5zM4 6h.1',
  NetworkPolicy: 'M6 1l4.5 1.5V6c0 2.5-2 4-4.5 5C3.5 10 1.5 8.5 1.5 6V2.5z',
  Role: 'M2 1h8v10H2zM4 4h4M4 6h4M4 8h2',
  Binding: 'M5 7l2-2M4.5 5l-2 2A1.8 1.8 0 0 0 5 9.5l2-2M7.5 7l2-2A1.8 1.8 0 0 0 7 2.5l-2 2',
  User: 'M6 6a2.3 2.3 0 1 0 0-4.6A2.3 2.3 0 0 0 6 6zM1.5 11C2 8.5 3.5 7 6 7s4 1.5 4.5 4',
  Certificate: 'M1 2h10v6H1zM3 4h4M3 6h2.5M8 8v3l1-1 1 1V8',
  PersistentVolumeClaim: 'M1.5 3a4.5 1.8 0 0 1 9 0 4.5 1.8 0 0 1-9 0v6a4.5 1.8 0 0 0 9 0V3',
  Outside: 'M3.5 9.5a2.3 2.3 0 0 1 .2-4.6 3 3 0 0 1 5.7.6 2 2 0 0 1-.3 4z',
} as const

/** A kind that has an icon. */
export type IconName = keyof typeof PATHS

/** The icons of kinds: paths on 12 by 12 pixels. */
export const ICONS: Readonly<Record<IconName, string>> = PATHS

/** The icon of a kind of subject, binding or role; undefined for another. */
export function iconOf(kind: string): IconName | undefined {
  if (kind === 'User' || kind === 'Group' || kind === 'ServiceAccount') return 'User'
  if (kind.endsWith('RoleBinding')) return 'Binding'
  if (kind.endsWith('Role')) return 'Role'
  return kind.endsWith('NetworkPolicy') ? 'NetworkPolicy' : undefined
}
