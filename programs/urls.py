"""Addresses of what names and promises, without a number of its own."""

from django.urls import path

from programs import views

CONTRACT = "programs/<slug:slug>/contract/"

urlpatterns = [
    path(CONTRACT, views.contract, name="contract"),
    path(f"{CONTRACT}new/", views.contract_new, name="contract_new"),
    path(f"{CONTRACT}<int:pk>/lock/", views.contract_lock, name="contract_lock"),
]
