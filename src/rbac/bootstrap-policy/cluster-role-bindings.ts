import type { PolicyBinding } from './form.js'

/**
 * The default ClusterRoleBindings, except those of controllers. Source: bootstrappolicy/policy.go
 * ClusterRoleBindings.
 */
export const clusterRoleBindings = (): readonly PolicyBinding[] => [
  { name: 'cluster-admin', subjects: ['group:system:masters'] },
  { name: 'system:basic-user', subjects: ['group:system:authenticated'] },
  { name: 'system:discovery', subjects: ['group:system:authenticated'] },
  { name: 'system:kube-controller-manager', subjects: ['user:system:kube-controller-manager'] },
  { name: 'system:kube-dns', subjects: ['account:kube-system/kube-dns'] },
  { name: 'system:kube-scheduler', subjects: ['user:system:kube-scheduler'] },
  { name: 'system:monitoring', subjects: ['group:system:monitoring'] },
  { name: 'system:node', subjects: [] },
  { name: 'system:node-proxier', subjects: ['user:system:kube-proxy'] },
  {
    name: 'system:public-info-viewer',
    subjects: ['group:system:authenticated', 'group:system:unauthenticated'],
  },
  { name: 'system:service-account-issuer-discovery', subjects: ['group:system:serviceaccounts'] },
  { name: 'system:volume-scheduler', subjects: ['user:system:kube-scheduler'] },
]
