// The peer: LEMON's network simplex over all pairs of place and centre of a zone, as its manual has it.
#include <lemon/network_simplex.h>
#include <lemon/smart_graph.h>

#include <cmath>
#include <cstdio>
#include <vector>
#include "allocation_instance.h"

using Graph = lemon::SmartDigraph;
using Simplex = lemon::NetworkSimplex<Graph, int, long long>;

static long long distance_of(const instance_site &a, const instance_site &b)
{
    long long dx = a.x - b.x, dy = a.y - b.y, square = dx * dx + dy * dy;
    return static_cast<long long>(std::sqrt(static_cast<double>(square)));
}

int main(int, char **arguments)
{
    instance in;
    instance_make(arguments[1], &in);
    double from = instance_seconds();
    Graph graph;
    std::vector<Graph::Node> places, centres;
    graph.reserveNode(static_cast<int>(in.place_count + in.centre_count));
    graph.reserveArc(static_cast<int>(in.place_count * in.centre_count));
    for (size_t i = 0; i < in.place_count; i++)
        places.push_back(graph.addNode());
    for (size_t k = 0; k < in.centre_count; k++)
        centres.push_back(graph.addNode());
    Graph::NodeMap<int> supply(graph);
    for (size_t i = 0; i < in.place_count; i++)
        supply[places[i]] = static_cast<int>(in.places[i].count);
    for (size_t k = 0; k < in.centre_count; k++)
        supply[centres[k]] = -static_cast<int>(in.centres[k].count);
    for (size_t i = 0; i < in.place_count; i++)
        for (size_t k = 0; k < in.centre_count; k++)
            if (in.places[i].zone == in.centres[k].zone)
                graph.addArc(places[i], centres[k]);
    Graph::ArcMap<long long> cost(graph);
    int arc = 0;
    for (size_t i = 0; i < in.place_count; i++)
        for (size_t k = 0; k < in.centre_count; k++)
            if (in.places[i].zone == in.centres[k].zone)
                cost[graph.arcFromId(arc++)] = distance_of(in.places[i], in.centres[k]);
    Simplex simplex(graph);
    // Everybody goes; seats may stay empty.
    simplex.costMap(cost).supplyMap(supply).supplyType(Simplex::GEQ);
    if (simplex.run() != Simplex::OPTIMAL) {
        std::fprintf(stderr, "LEMON found no optimum\n");
        return 1;
    }
    instance_print(simplex.totalCost<long long>(), instance_seconds() - from);
    return 0;
}
