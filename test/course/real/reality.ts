import type { RealProgram } from './real-shell.js'

/**
 * How a row of the course is played with real programs, beside the plain API and the typed commands, which
 * every row has.
 */
export interface Reality {
  /** Real programs that its lines run, against the served cluster. */
  readonly programs: readonly RealProgram[]
  /** Those of a version of the course that runs other ones. */
  readonly programsAt?: Readonly<Record<string, readonly RealProgram[]>>
  /**
   * Where there are none: why. Where there are some: what of the row none of them does, or where else it is
   * played.
   */
  readonly note?: string
}

const KUBECTL: Reality = { programs: ['kubectl'] }

/**
 * The rows with real programs. Each is played at both versions by kubectl 1.35, those of chapters 1 (1.14)
 * and 7 (1.35) by kubectl 1.32 too; what that kubectl cannot do with so old a cluster is in {@link CANNOT}.
 * Machines are simulated: there is no real kubeadm, systemctl, journalctl, crictl or apt-get of a cluster
 * here.
 */
export const REALITY: Readonly<Record<string, Reality>> = {
  N1: KUBECTL,
  N2: KUBECTL,
  N3: KUBECTL,
  N4: KUBECTL,
  N5: KUBECTL,
  N6: KUBECTL,
  N7: KUBECTL,
  N8: KUBECTL,
  N9: KUBECTL,
  N10: KUBECTL,
  V1: { programs: [], note: 'kubeadm version: no real kubeadm' },
  V2: { programs: [], note: 'kubeadm config images list: no real kubeadm' },
  V3: KUBECTL,
  V4: {
    programs: ['kubectl'],
    note: "ssh, apt-get, kubeadm and systemctl of node-1 are the simulated host's",
  },
  V5: { programs: ['kubectl'], note: "kubeadm and crictl are the simulated host's" },
  B1: KUBECTL,
  B2: { programs: ['etcdctl'] },
  // etcdctl 3.6 has no snapshot status
  B3: { programs: ['etcdctl'], programsAt: { 'v1.35': ['etcdutl'] } },
  B4: {
    programs: ['kubectl'],
    note: 'the etcd that reads the restored directory is simulated; a real one: backup.test.ts',
  },
  B5: KUBECTL,
  B6: { programs: ['etcdctl', 'kubectl'] },
  A1: { programs: ['curl', 'openssl'] },
  A2: { programs: ['curl'] },
  A3: { programs: ['curl', 'kubectl'], note: "pkill and the webhook's rules are simulated" },
  A4: { programs: ['curl'] },
  A5: { programs: ['curl'] },
  A6: KUBECTL,
  A7: { programs: [], note: "ls of the machines' files" },
  A8: { programs: ['openssl'], note: 'every certificate of the inventory: test/e2e/openssl.test.ts' },
  A9: { programs: ['openssl'] },
  A10: KUBECTL,
  A11: { programs: ['openssl'] },
  A12: KUBECTL,
  A13: KUBECTL,
  A14: { programs: ['kubectl', 'openssl'] },
  A15: { programs: ['kubectl', 'openssl'] },
  A16: { programs: ['curl', 'kubectl'] },
  R1: KUBECTL,
  R2: KUBECTL,
  R3: KUBECTL,
  R4: KUBECTL,
  S1: KUBECTL,
  S2: KUBECTL,
  S3: KUBECTL,
  P1: KUBECTL,
  P2: KUBECTL,
  P3: KUBECTL,
  P4: KUBECTL,
  T1: KUBECTL,
  T2: { programs: ['kubectl'], note: "crictl and journalctl are the simulated host's" },
  T3: KUBECTL,
  T4: { programs: ['kubectl'], note: "systemctl and journalctl are the simulated host's" },
  T5: {
    programs: ['kubectl'],
    note:
      "journalctl is the simulated host's; the log of the apiserver's own pod after kubeadm init: " +
      'real-programs.test.ts',
  },
  W1: KUBECTL,
  W2: KUBECTL,
}

/** What a real client does not do at a version, with what it says instead. */
export const CANNOT: Readonly<
  Record<string, Readonly<Record<string, { readonly why: string; readonly says: RegExp }>>>
> = {
  'v1.14': {
    A14: {
      why: 'kubectl approves and denies by certificates.k8s.io/v1, which 1.14 does not serve',
      says: /^error: could not find v1 version of isc0304: the server could not find the requested resource\n/m,
    },
  },
}
