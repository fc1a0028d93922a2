import type { Desk, Lesson } from './lesson.js'
import { comesUp, deployment } from './shared.js'

/** The pod template of web, as it is now. */
const templateOf = ({ cluster }: Desk) =>
  cluster.get('deployments', { namespace: 'default', name: 'web' }).spec.template.spec

/** Chapter 6: security contexts. */
export const securityContextLessons: readonly Lesson[] = [
  {
    id: 'root-image',
    texts: {
      ko: {
        title: '시작조차 하지 않는 컨테이너',
        symptom: '보안 점검 뒤에 web이 뜨지 않습니다. 보안 설정을 지우지 말고 고치세요.',
        hints: [
          'kubectl describe pod의 이벤트를 읽어 보세요.',
          '이미지는 root로 돌려고 하는데 포드는 root를 허락하지 않습니다.',
          '누구로 돌지 숫자로 정해 주세요: runAsUser',
        ],
        explanation:
          'runAsNonRoot는 root로 도는 이미지를 시작시키지 않습니다. runAsUser로 root가 아닌 UID를 주면 두 조건이 모두 맞습니다.',
      },
      en: {
        title: 'Containers that do not even start',
        symptom:
          'Since the security review web does not come up. Repair it without removing the security settings.',
        hints: [
          'Read the events in kubectl describe pod.',
          'The image wants to run as root, and the pod does not allow it.',
          'Say as whom to run, as a number: runAsUser.',
        ],
        explanation:
          'runAsNonRoot refuses to start an image that runs as root. With a UID other than 0 in ' +
          'runAsUser both agree.',
      },
    },
    start: ({ cluster }) => {
      cluster.apply([
        deployment(
          'web',
          { image: 'busybox', command: ['sleep', '100000'] },
          { securityContext: { runAsNonRoot: true } },
        ),
      ])
      cluster.advance('30s')
    },
    shows: { run: 'kubectl get pods', prints: /CreateContainerConfigError/ },
    check: (desk) => comesUp(desk, 'web') && templateOf(desk)?.securityContext?.runAsNonRoot === true,
    solution:
      `kubectl patch deployment web -p ` +
      `'{"spec":{"template":{"spec":{"securityContext":{"runAsUser":1000}}}}}'`,
  },
  {
    id: 'read-only-root',
    texts: {
      ko: {
        title: '다시 뜨고 또 죽는 프로그램',
        symptom: 'web이 CrashLoopBackOff입니다. 루트 파일 시스템은 읽기 전용으로 두라는 것이 규정입니다.',
        hints: [
          'kubectl logs deployment/web',
          '프로그램이 어느 디렉터리에 쓰려고 하나요?',
          '그 디렉터리에만 쓸 수 있는 볼륨(emptyDir)을 꽂으세요.',
        ],
        explanation:
          '프로그램은 /tmp에 상태를 쓰는데 루트 파일 시스템이 읽기 전용입니다. 필요한 곳에만 emptyDir을 마운트하면 나머지는 읽기 전용으로 ' +
          '남습니다.',
      },
      en: {
        title: 'A container that keeps restarting',
        symptom: 'web is in CrashLoopBackOff. By the rules its root filesystem must stay read-only.',
        hints: [
          'kubectl logs deployment/web',
          'To which directory does the program write?',
          'Mount a writable volume (emptyDir) there and nowhere else.',
        ],
        explanation:
          'The program writes its state to /tmp, and the root filesystem is read-only. An emptyDir ' +
          'where it is needed leaves the ' +
          'rest read-only.',
      },
    },
    start: ({ cluster }) => {
      cluster.apply([
        deployment('web', {
          image: 'busybox',
          command: ['sh', '-c', 'echo started > /tmp/state || exit 1; sleep 100000'],
          securityContext: { readOnlyRootFilesystem: true },
        }),
      ])
      cluster.advance('2m')
    },
    shows: { run: 'kubectl get pods', prints: /CrashLoopBackOff/ },
    check: (desk) =>
      comesUp(desk, 'web') &&
      templateOf(desk)?.containers[0]?.securityContext?.readOnlyRootFilesystem === true,
    solution:
      `kubectl patch deployment web -p ` +
      `'{"spec":{"template":{"spec":{"volumes":[{"name":"tmp","emptyDir":{}}],` +
      `"containers":[{"name":"web","volumeMounts":[{"name":"tmp","mountPath":"/tmp"}]}]}}}}'`,
  },
]
