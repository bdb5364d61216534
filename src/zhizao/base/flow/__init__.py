"""Cases and the procedures they follow: every act on an alarm, a request, an application or a matter."""
