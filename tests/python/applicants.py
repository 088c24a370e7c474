"""What the tests of services share: people who apply, and calls that are to be refused."""

from world import PASSWORD, csv, now


def fails(error, key, call, *arguments):
    try:
        call(*arguments)
    except error as caught:
        assert caught.key == key
    else:
        raise AssertionError(f"{key}: it was done")


class Applicants:
    """Invented people, each with an account, and the clerks who work on what they send."""

    def __init__(self, world, letters, count, birth):
        self.world, self.clerk, self.second = world, world.clerk, world.clerk2
        account = world.operator.account
        account.import_persons(csv("number,given,family,birth,mail", *(
            (f"{letters}000{i}", f"Nigar{i}", "Əliyeva", birth, f"n{i}@mail.example") for i in range(count))))
        self.people = [account.find(f"{letters}000{i}", birth).id for i in range(count)]
        self.sessions = []
        for index, person in enumerate(self.people):
            account.create(person, f"applicant{index}", PASSWORD)
            self.sessions.append(world.portal.sign_in(f"applicant{index}", PASSWORD))

    def act(self, index, application, action, reason=None, corrections=None):
        self.clerk.request.act(self.people[index], application, action, reason, corrections)

    def pay(self, index, application):
        """The tuition, as the provider's list tells it; gives the amount."""
        session = self.sessions[index]
        visit = session.payment.pay(None, session.tuition.get(None, application).invoice_id)
        fact = {"order": visit.id, "payment": f"P-{visit.id}", "state": "captured",
                "amount": visit.amount, "currency": "AZN", "at": now().isoformat()}
        self.world.operator.payment.reconcile({"payments": [fact], "refunds": []}, None, None)
        return visit.amount

    def close(self):
        for session in self.sessions:
            session.close()
