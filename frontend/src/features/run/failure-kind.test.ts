import { describe, expect, test } from 'vitest';
import { kindOf } from './failure-kind';

const failed = (reason: string, name = '', value = '') => kindOf({ status: 'failed', reason, name, value });

describe('the kind of a failure', () => {
  test.each([
    ['Cell 2: ZeroDivisionError: division by zero', 'error'],
    ['Out of memory: the run used more than the 600 MB its task declares in requiredResources.memory.', 'memory'],
    ['Cell 3: the kernel died with signal SIGKILL (out of memory: the run used more).', 'memory'],
    ['Cell 3: the kernel died with signal SIGSEGV.', 'died'],
    ['killed by signal SIGKILL', 'died'],
    ['Cell 4: FileNotFoundError: [Errno 2] No such file or directory: \'claims.csv\'', 'missing_file'],
    ['ModuleNotFoundError: No module named \'polars\'', 'missing_module'],
    ['PermissionError: [Errno 13] Permission denied: \'/data\'', 'permission'],
    ['OSError: [Errno 28] No space left on device', 'disk'],
    ['OperationalError: (sqlite3.OperationalError) no such table: onset', 'missing_data'],
    ['OperationalError: connection to server at "db" (10.0.0.4), port 5432 failed: Connection refused', 'connection'],
    ['OperationalError: connection failed: FATAL: password authentication failed for user "ana"', 'sign_in'],
    ['ConnectionRefusedError: [Errno 111]', 'connection'],
    ['gaierror: [Errno -2] Name or service not known', 'connection'],
    ['The run could not be started: OSError: too many files', 'never_began'],
    ['ValueError: the connection of the two series is weak', 'error'],
  ])('%s: %s', (reason, kind) => {
    expect(failed(reason)).toBe(kind);
  });

  test('is seen from the error where the reason tells less', () => {
    expect(failed('Cell 2 failed', 'FileNotFoundError', 'claims.csv')).toBe('missing_file');
  });

  test('of a run that took too long or was lost is its status, whatever its words', () => {
    expect(kindOf({ status: 'timed_out', reason: 'Connection refused', name: '', value: '' })).toBe('timed_out');
    expect(kindOf({ status: 'lost', reason: '', name: '', value: '' })).toBe('lost');
  });
});
