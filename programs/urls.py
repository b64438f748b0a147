"""Addresses of what names and promises, without a number of its own."""

from django.urls import path

from programs.views import contracts, invitations, people

CONTRACT = "programs/<slug:slug>/contract/"
PEOPLE = "programs/<slug:slug>/people/"
INVITATION = f"{PEOPLE}invitations/<int:pk>/"

urlpatterns = [
    path(CONTRACT, contracts.contract, name="contract"),
    path(f"{CONTRACT}new/", contracts.contract_new, name="contract_new"),
    path(f"{CONTRACT}<int:pk>/lock/", contracts.contract_lock, name="contract_lock"),
    path(PEOPLE, people.people, name="people"),
    path(f"{PEOPLE}<int:pk>/", people.member, name="member"),
    path(f"{PEOPLE}<int:pk>/remove/", people.member_remove, name="member_remove"),
    path(f"{PEOPLE}invite/", people.invite, name="invite"),
    path(f"{INVITATION}send/", people.invitation_send, name="invitation_send"),
    path(f"{INVITATION}withdraw/", people.invitation_withdraw, name="invitation_withdraw"),
    path("roles/", people.roles, name="roles"),
    path("invitations/<str:secret>/", invitations.invitation, name="invitation"),
]
