package executor_test

import "payrun/executor"

func (s *sim) stops() {
	for _, e := range s.events {
		switch e := e.(type) {
		case executor.Stopping, executor.Skipped, executor.Noticed:
			s.t.Logf("%T %+v", e, e)
		}
	}
}
