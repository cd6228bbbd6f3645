"""The national population register (RNP): enrolment requests, and one person for each IDCS.

Law 72.18 (articles 5 to 10) and decree 2.21.473: registration is open, free and without deadline; one
random number per person, never reused. A request goes pre_registered → deposited → registered, or to
adjudication when somebody alike is known (``states``). Identity is sealed; in clear are the IDCS, sex,
birth year, commune and state.
"""
