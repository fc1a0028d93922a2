import type { Language } from '../../../src/lang/text/phrases.js'

/** The figures, by what they show. */
export type FigureName =
  | 'lifeCycle'
  | 'grace'
  | 'toleration'
  | 'budget'
  | 'rollout'
  | 'backOff'
  | 'peers'
  | 'chain'

/** What a figure says in one language, and the names of its sliders. */
export interface FigureText {
  readonly title: string
  readonly text: string
  readonly of: Readonly<Record<string, string>>
}

const en: Readonly<Record<FigureName, FigureText>> = {
  lifeCycle: {
    title: 'The life of a pod',
    text: 'A pod waits for its init containers, then for its readiness probe. It is deleted after 50 seconds.',
    of: { init: 'seconds of the init container', ready: 'initialDelaySeconds of the readiness probe' },
  },
  grace: {
    title: 'Grace period',
    text: 'A deleted pod gets SIGTERM. What has not ended when the grace period is over gets SIGKILL.',
    of: { grace: 'terminationGracePeriodSeconds', needs: 'seconds that the process needs to end' },
  },
  toleration: {
    title: 'A dead node and tolerationSeconds',
    text: 'The node loses power after 10 seconds. When is it NotReady, and when do its pods move?',
    of: { seconds: 'tolerationSeconds' },
  },
  budget: {
    title: 'Drain against a budget',
    text: 'Four pods on two nodes; node-1 is drained for at most 40 seconds. With 4, no pod may ever be missing.',
    of: { minAvailable: 'minAvailable' },
  },
  rollout: {
    title: 'maxSurge and maxUnavailable',
    text: 'A Deployment of four pods gets a new image. Both cannot be 0: then one pod may be unavailable.',
    of: { maxSurge: 'maxSurge', maxUnavailable: 'maxUnavailable' },
  },
  backOff: {
    title: 'CrashLoopBackOff',
    text: 'A container ends with an error again and again. The pauses double from 10 seconds to five minutes.',
    of: { runs: 'seconds until it ends' },
  },
  peers: {
    title: 'One item or two: AND against OR',
    text: 'A namespaceSelector and a podSelector in one item of from must both match; in two items one is enough.',
    of: { items: 'items of from' },
  },
  chain: {
    title: 'The certificates of a control plane',
    text: 'Who signs whom. The CA is valid for ten years, what it signs for one: what fails after 365 days?',
    of: { days: 'days since kubeadm init' },
  },
}

const ko: Readonly<Record<FigureName, FigureText>> = {
  lifeCycle: {
    title: '포드의 일생',
    text: '포드는 초기화 컨테이너를 기다린 다음 준비성 프로브를 기다립니다. 50초 뒤에 삭제됩니다.',
    of: { init: '초기화 컨테이너가 걸리는 초', ready: '준비성 프로브의 initialDelaySeconds' },
  },
  grace: {
    title: '정상 종료 시간',
    text: '삭제된 포드는 SIGTERM을 받습니다. 정상 종료 시간이 지나도 끝나지 않으면 SIGKILL을 받습니다.',
    of: { grace: 'terminationGracePeriodSeconds', needs: '프로세스가 끝나는 데 걸리는 초' },
  },
  toleration: {
    title: '죽은 노드와 tolerationSeconds',
    text: '10초 뒤에 노드의 전원이 나갑니다. 언제 NotReady가 되고 언제 포드가 옮겨 갈까요?',
    of: { seconds: 'tolerationSeconds' },
  },
  budget: {
    title: '예산이 있을 때의 drain',
    text: '노드 둘에 포드가 넷입니다. node-1을 최대 40초 동안 drain합니다. 4로 두면 포드가 하나도 빠질 수 없습니다.',
    of: { minAvailable: 'minAvailable' },
  },
  rollout: {
    title: 'maxSurge와 maxUnavailable',
    text: '포드가 넷인 디플로이먼트의 이미지를 바꿉니다. 둘 다 0일 수는 없으므로 그때는 하나가 빠질 수 있습니다.',
    of: { maxSurge: 'maxSurge', maxUnavailable: 'maxUnavailable' },
  },
  backOff: {
    title: 'CrashLoopBackOff',
    text: '컨테이너가 계속 오류로 끝납니다. 쉬는 시간은 10초부터 두 배씩 늘어나 5분까지 갑니다.',
    of: { runs: '끝날 때까지의 초' },
  },
  peers: {
    title: '항목 하나와 둘: AND와 OR',
    text: 'from의 한 항목에 있는 namespaceSelector와 podSelector는 둘 다 맞아야 합니다. 두 항목이면 하나만 맞아도 됩니다.',
    of: { items: 'from의 항목 수' },
  },
  chain: {
    title: '컨트롤 플레인의 인증서',
    text: '누가 누구에게 서명하는지 보여 줍니다. CA는 10년, CA가 서명한 것은 1년 동안 유효합니다. 365일이 지나면 무엇이 안 될까요?',
    of: { days: 'kubeadm init 뒤의 날수' },
  },
}

export const FIGURE_TEXTS: Readonly<Record<Language, Readonly<Record<FigureName, FigureText>>>> = { ko, en }
